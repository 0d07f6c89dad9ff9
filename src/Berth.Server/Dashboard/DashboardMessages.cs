namespace Berth.Server.Dashboard;

/// <summary>All messages of this folder.</summary>
internal static class DashboardMessages
{
    public const string UnknownToken = "The token is not known here. It may have been revoked, or be for another server.";
    public const string NoToken = "Paste a token first.";
    public const string ForeignForm = "The form did not come from a page of this dashboard that is signed in as you are now. Reload the page and try again.";

    public static string NoPage(string path) => $"There is no page {path}. It may have been an app or a deployment that is gone.";

    public static string NoDeployment(string id) => $"There is no deployment \"{id}\". The app's page shows those that are kept.";

    public static string NoCount(string text) => $"\"{text}\" is no count that a service can be scaled to.";
}
