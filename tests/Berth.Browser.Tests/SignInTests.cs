using System.Net;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Berth.Browser.Tests;

/// <summary>Who gets in, and what the cookie is good for.</summary>
public sealed class SignInTests(SharedDashboard shared)
{
    [Fact]
    public async Task A_wrong_token_is_refused_and_the_right_one_opens_the_apps_until_signing_out()
    {
        await using var visitor = await shared.OpenAsync();
        await visitor.GoAsync("/apps/" + SharedDashboard.App);
        await Expect(visitor.Page).ToHaveTitleAsync("Sign in · Berth");

        await visitor.SignInAsync("berth_wrong");
        await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not known");

        await visitor.SignInAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Apps" })).ToBeVisibleAsync();

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(visitor.Page).ToHaveTitleAsync("Sign in · Berth");
        await visitor.GoAsync("/");
        await Expect(visitor.Page).ToHaveTitleAsync("Sign in · Berth");
    }

    [Fact]
    public async Task The_cookie_holds_no_token_is_hidden_from_scripts_and_does_not_open_the_api()
    {
        await using var visitor = await shared.OpenAsync();
        await visitor.SignInAsync();
        await Expect(visitor.Page).ToHaveTitleAsync("Apps · Berth");

        var cookie = Assert.Single(await visitor.Page.Context.CookiesAsync());
        Assert.True(cookie.HttpOnly);
        Assert.Equal(SameSiteAttribute.Strict, cookie.SameSite);
        Assert.DoesNotContain(shared.Berth.Token, cookie.Value, StringComparison.Ordinal);

        var answer = await visitor.Page.Context.APIRequest.GetAsync(new Uri(shared.Berth.Dashboard, "v1/apps").ToString());
        Assert.Equal(401, answer.Status);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("form-token", "0123")]
    public async Task A_form_without_the_pages_token_changes_nothing(string field, string value)
    {
        await using var visitor = await shared.OpenAsync();
        await visitor.SignInAsync();
        var form = visitor.Page.Context.APIRequest.CreateFormData();
        form.Set("service", "printer");
        form.Set("count", "7");
        if (field.Length > 0)
            form.Set(field, value);

        var answer = await visitor.Page.Context.APIRequest.PostAsync(new Uri(shared.Berth.Dashboard, $"apps/{SharedDashboard.App}/scale").ToString(), new() { Form = form });

        Assert.Equal((int)HttpStatusCode.Forbidden, answer.Status);
        Assert.DoesNotContain("/7", await shared.Berth.CallAsync("ps", "-a", SharedDashboard.App), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forged_cookie_leads_to_the_sign_in_page()
    {
        await using var visitor = await shared.OpenAsync();
        await visitor.SignInAsync();
        var cookie = Assert.Single(await visitor.Page.Context.CookiesAsync());
        var parts = cookie.Value.Split('.');
        parts[1] = "99999999999";
        await visitor.Page.Context.ClearCookiesAsync();
        await visitor.Page.Context.AddCookiesAsync([new() { Name = cookie.Name, Value = string.Join('.', parts), Url = shared.Berth.Dashboard.ToString() }]);

        await visitor.GoAsync("/");

        await Expect(visitor.Page).ToHaveTitleAsync("Sign in · Berth");
    }
}
