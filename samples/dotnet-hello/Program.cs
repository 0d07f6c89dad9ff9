var app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/", () => $"Hello from .NET, {Environment.GetEnvironmentVariable("BERTH_SANDBOX")}\n");
app.Run();
