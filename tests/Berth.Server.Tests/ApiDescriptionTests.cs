using Berth.Server.Api;
using Berth.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Server.Tests;

/// <summary>
/// <c>docs/openapi.json</c> is written here, out of the endpoints, and is what <c>berthd</c> serves. After a change of the API:
/// <c>BERTH_WRITE_DOCS=1 ./test unit</c>.
/// </summary>
public sealed class ApiDescriptionTests
{
    [Fact]
    public async Task The_description_in_docs_is_that_of_the_endpoints()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var api = await ApiUnderTest.StartAsync(add: (AddDescription, MapDescription));
        var made = await api.Client.GetStringAsync(new Uri("/openapi/made-now.json", UriKind.Relative), ct) + "\n";
        var file = Path.Combine(RepositoryRoot.Find(), "docs", "openapi.json");

        if (Environment.GetEnvironmentVariable("BERTH_WRITE_DOCS") == "1")
            await File.WriteAllTextAsync(file, made, ct);

        Assert.Equal(await File.ReadAllTextAsync(file, ct), made);
    }

    private static void MapDescription(WebApplication app) => app.MapOpenApi("/openapi/{documentName}.json").Open();

    private static void AddDescription(IServiceCollection services) => services.AddOpenApi("made-now", options => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info.Title = "Berth";
        document.Info.Version = typeof(BerthApi).Assembly.GetName().Version!.ToString(3);
        document.Servers = [];
        return Task.CompletedTask;
    }));
}
