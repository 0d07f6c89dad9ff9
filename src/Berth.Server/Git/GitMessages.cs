using Berth.Model;

namespace Berth.Server.Git;

/// <summary>All that this folder says to people who push.</summary>
internal static class GitMessages
{
    private const int NamedFiles = 10;

    public const string NoGit = "this server has no git: install git on the machine that runs berthd, then push again; `berth deploy` works without it";

    public const string OnlySmart = "this server speaks git's smart HTTP only; use git 1.6.6 or newer";

    public const string HookAlone = "berthd git-hook is run by git, inside a push to berthd, and does nothing by itself";

    public const string ServerEnded = " !     berthd ended before this push was decided; `berth app history` shows what became of its deployment, then push again";

    public const string TokenNeeded = "this needs a token as the password, with any user name: run `berth git remote` in the repository once, or make one with `berth token create NAME`";

    public const string TokenUnknown = "the password is no token that is known here; it may have been revoked, or be for another server";

    public static string NoSuchPath(string path) => $"{path} is no git repository; they are at {GitEndpoints.Prefix}/APP.git";

    public static string TooMany(int limit) => $"{limit} fetches and pushes are under way on this server; wait for one to end, then try again";

    public static string TooManyRefs(int limit) => $"the names of the pushed refs have more than {ByteSize.ForPeople(limit)}; push one branch";

    public static string PushUnderWay(string app) => $"another push to {app} is being deployed; wait for it, or end it with `berth deploy --cancel -a {app}`, then push again";

    public static string OtherBranch(string branch, IReadOnlyList<string> deployed) =>
        $"{branch} is not deployed: only {string.Join(" and ", deployed)} {(deployed.Count == 1 ? "is" : "are")}. To deploy it: git push berth {branch}:{deployed[0]}";

    public static string OtherRef(string name, IReadOnlyList<string> deployed) => $"{name} is no branch that is deployed; push {string.Join(" or ", deployed)}, for example: git push berth HEAD:{deployed[0]}";

    public static string TagsAlone(string tag, IReadOnlyList<string> deployed) => $"a tag alone deploys nothing. To deploy {tag}: git push berth {tag}^{{}}:refs/heads/{deployed[0]}";

    public static string Removal(string branch, string app) => $"{branch} is what runs and cannot be deleted; `berth app delete {app}` deletes the app";

    public static string TwoBranches(IEnumerable<string> branches) => $"{string.Join(" and ", branches)} both deploy; push one of them";

    public static string NoArchive(string commit, string errors) => $"git could not read the files of {commit}: {errors}";

    public static string DiskFull(string folder) => $"the disk of {folder} is full; `berth system df` shows what takes the space";

    public static string TooLarge(long limit) => $"the files of the commit have more than {ByteSize.ForPeople(limit)}; take what the app does not need out of the repository";

    public static string TooManySubmodules(int limit) => $"the commit has more than {limit} submodules, counting those inside submodules; make them fewer, or use `berth deploy`";

    public static string SubmoduleWithoutUrl(string path) => $"submodule {path} has no url in .gitmodules; add it, or remove the submodule";

    public static string SubmoduleUrl(string path, string url) =>
        $"submodule {path} has the URL {url}, which cannot be fetched here; write a whole http, https or git URL that needs no login into .gitmodules, or use `berth deploy`, which sends the files as they are";

    public static string SubmoduleFailed(string path, string url, string commit, string errors) =>
        $"submodule {path} could not be fetched at {commit} from {url}: {errors}. Is that commit pushed, and the repository open to everybody? `berth deploy` sends the files as they are";

    public static string SubmoduleTimedOut(string path, string url, TimeSpan limit) => $"submodule {path} was not fetched from {url} within {limit.TotalMinutes:0} minutes; try again, or use `berth deploy`";

    public static string LargeFiles(IReadOnlyList<string> paths) =>
        $"Git LFS keeps the content of {string.Join(", ", paths.Take(NamedFiles))}{(paths.Count > NamedFiles ? $" and {paths.Count - NamedFiles} more" : "")} elsewhere: the app gets pointers in their place. `berth deploy` sends the files as they are";
}
