using Berth.Server.Dashboard.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Berth.Server.Dashboard;

/// <summary>Turns components into HTML. Nothing of them outlives the answer, so an idle server holds no page.</summary>
internal sealed class PageWriter(IServiceProvider services, ILoggerFactory logging, DashboardOptions options, TimeProvider time)
{
    public Visit VisitOf(HttpContext http) => new(http.Features.Get<Admission>()?.Session, time.GetUtcNow(), options);

    public async Task<string> RenderAsync<TComponent>(params (string Name, object? Value)[] parameters)
        where TComponent : IComponent
    {
        var given = ParameterView.FromDictionary(parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal));
        await using var renderer = new HtmlRenderer(services, logging);
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<TComponent>(given)).ToHtmlString());
    }

    public async Task WriteAsync<TComponent>(HttpContext http, int status, params (string Name, object? Value)[] parameters)
        where TComponent : IComponent
    {
        var html = await RenderAsync<TComponent>(parameters);
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(html, http.RequestAborted);
    }

    /// <summary>A whole page, or for htmx the message alone, which then stands where the refreshed part was.</summary>
    public Task ErrorAsync(HttpContext http, int status, string message)
    {
        DashboardHeaders.Set(http.Response);
        return SessionAuthentication.IsFromHtmx(http.Request)
            ? WriteAsync<Notice>(http, status, (nameof(Notice.Text), message))
            : WriteAsync<ErrorPage>(http, status, (nameof(ErrorPage.Visit), VisitOf(http)), (nameof(ErrorPage.Status), status), (nameof(ErrorPage.Message), message));
    }
}
