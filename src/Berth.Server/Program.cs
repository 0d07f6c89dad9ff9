using Berth.Server.Git;
using Berth.Server.Hosting;

// git waits for its hook with every push, so that comes before anything is set up.
if (args is [GitHook.Name])
    return GitHook.Run();

return await ServerCommand.Build().Parse(args).InvokeAsync();
