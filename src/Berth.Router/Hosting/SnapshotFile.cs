using System.Text.Json;
using Berth.Model;
using Berth.Router.Routing;

namespace Berth.Router.Hosting;

/// <summary><c>routes.json</c>: the last snapshot, by which a restarted router routes before control has come back. Replaced whole, so that a kill leaves the old or the new.</summary>
public sealed class SnapshotFile(string path, ILogger log)
{
    public void Save(RouteTable table)
    {
        var temporary = path + ".new";
        try
        {
            // Its owner's only, for it has the hashes of routes' passwords.
            File.Delete(temporary);
            using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            {
                JsonSerializer.Serialize(file, table, RoutingJson.Default.RouteTable);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.WentWrong(RouterMessages.SnapshotNotSaved(path, e.Message));
        }
    }

    /// <summary>The empty table where there is none, or none that can be read.</summary>
    public RouteTable Load()
    {
        try
        {
            using var file = File.OpenRead(path);
            var table = JsonSerializer.Deserialize(file, RoutingJson.Default.RouteTable) ?? throw new JsonException("it is empty");
            return RouteTableCheck.Problem(table) is { } problem ? throw new JsonException(problem) : table;
        }
        catch (FileNotFoundException)
        {
            return RouteTable.Empty;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            log.WentWrong(RouterMessages.SnapshotUnreadable(path, e.Message));
            return RouteTable.Empty;
        }
    }
}
