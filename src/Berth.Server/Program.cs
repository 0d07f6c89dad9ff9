using Berth.Server.Hosting;

return await ServerCommand.Build().Parse(args).InvokeAsync();
