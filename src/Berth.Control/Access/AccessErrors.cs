using Berth.Control.Operations;

namespace Berth.Control.Access;

/// <summary>Why a request was refused that came with a good token.</summary>
public static class AccessErrors
{
    public static OperationError ForDeployers(string token) =>
        new(ErrorKind.Forbidden, "for-deployers", $"token \"{token}\" is a viewer's, which may look at apps, and this is for deployers; an admin makes their tokens: `berth token create NAME --role deployer --app APP`");

    public static OperationError ForAdmins(string token) =>
        new(ErrorKind.Forbidden, "for-admins", $"token \"{token}\" is not an admin's, and this concerns all apps; use an admin's token");

    public static OperationError ForOtherApps(string token) =>
        new(ErrorKind.Forbidden, "for-other-apps", $"token \"{token}\" is for certain apps, which are named in it, and for no other name; an admin makes tokens for more");

    public static OperationError BadEntries(int count, int limit) => new(ErrorKind.Invalid, "bad-entries", $"{count} is no number of entries; use 0 to {limit}");

    /// <summary>A bug of this program, but a closed door.</summary>
    public static OperationError NotNamed(string endpoint) =>
        new(ErrorKind.Forbidden, "closed", $"{endpoint} does not say who may use it, so nobody may; report this as a bug of berthd");
}
