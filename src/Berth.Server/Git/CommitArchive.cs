using System.Formats.Tar;
using System.Text;
using Berth.Control;

namespace Berth.Server.Git;

/// <param name="Error">Why there is none; null where there is one.</param>
/// <param name="LargeFiles">Files that are pointers of Git LFS.</param>
internal sealed record ArchiveResult(string? Error, IReadOnlyList<string> LargeFiles);

/// <summary>Writes the files of a commit, with those of its submodules, as one tar. Files go through, whatever their size, and are held nowhere.</summary>
internal sealed class CommitArchive(ControlOptions control, GitOptions options, TimeProvider time)
{
    /// <summary>Every pointer of Git LFS begins so, and is shorter than this.</summary>
    private const int MaxPointerBytes = 1024;
    private static readonly byte[] PointerStart = "version https://git-lfs.github.com/spec/"u8.ToArray();

    /// <param name="push">Whose repository and new objects the commit is in.</param>
    /// <param name="file">Is made; on an error the caller removes it.</param>
    public async Task<ArchiveResult> WriteAsync(Push push, string commit, string file, PushClient client, CancellationToken ct)
    {
        await using var stream = File.Create(file);
        await using var tar = new TarWriter(stream, TarEntryFormat.Pax);
        var writing = new Writing(stream, tar, client);
        var objects = new Dictionary<string, string>
        {
            ["GIT_OBJECT_DIRECTORY"] = push.Objects,
            ["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = Path.Combine(push.Repository, "objects"),
        };
        var error = await AddAsync(writing, new Source(push.Repository, objects, commit, Folder: "", Url: null), ct);
        return new(error, writing.LargeFiles);
    }

    private async Task<string?> AddAsync(Writing writing, Source source, CancellationToken ct)
    {
        using (var git = GitProgram.Start(source.Repository, ["archive", "--format=tar", $"--prefix={source.Folder}", source.Commit], source.Environment))
        {
            git.StandardInput.Close();
            var errors = GitProgram.ErrorsAsync(git);
            if (!await CopyAsync(git.StandardOutput.BaseStream, writing, ct))
            {
                git.Kill(entireProcessTree: true);
                return GitMessages.TooLarge(control.MaxSourceBytes);
            }
            var ended = await GitProgram.EndAsync(git, "", errors, ct);
            if (ended.ExitCode != 0)
                return GitMessages.NoArchive(source.Commit, ended.Errors);
        }
        return await AddSubmodulesAsync(writing, source, ct);
    }

    /// <summary>False if it would become larger than a source may be.</summary>
    private async Task<bool> CopyAsync(Stream archive, Writing writing, CancellationToken ct)
    {
        await using var reader = new TarReader(archive, leaveOpen: true);
        while (await reader.GetNextEntryAsync(copyData: false, ct) is { } entry)
        {
            if (entry.EntryType == TarEntryType.GlobalExtendedAttributes)
                continue;
            if (writing.Stream.Position + entry.Length > control.MaxSourceBytes)
                return false;
            if (entry is { Length: > 0 and < MaxPointerBytes, EntryType: TarEntryType.RegularFile })
                await NotePointerAsync(entry, writing, ct);
            await writing.Tar.WriteEntryAsync(entry, ct);
        }
        // The padding behind the archive's end: git waits until somebody takes it.
        await archive.CopyToAsync(Stream.Null, ct);
        return true;
    }

    private static async Task NotePointerAsync(TarEntry entry, Writing writing, CancellationToken ct)
    {
        var content = new MemoryStream();
        await entry.DataStream!.CopyToAsync(content, ct);
        if (content.GetBuffer().AsSpan(0, (int)content.Length).StartsWith(PointerStart))
            writing.LargeFiles.Add(entry.Name);
        content.Position = 0;
        entry.DataStream = content;
    }

    private async Task<string?> AddSubmodulesAsync(Writing writing, Source source, CancellationToken ct)
    {
        var links = await LinksAsync(source, ct);
        if (links.Count == 0)
            return null;
        var urls = await UrlsAsync(source, ct);
        foreach (var (path, commit) in links)
        {
            if (++writing.Submodules > options.MaxSubmodules)
                return GitMessages.TooManySubmodules(options.MaxSubmodules);
            if (!urls.TryGetValue(path, out var written))
                return GitMessages.SubmoduleWithoutUrl(source.Folder + path);
            if (SubmoduleUrl.Resolve(written, source.Url) is not { } url)
                return GitMessages.SubmoduleUrl(source.Folder + path, SubmoduleUrl.Shown(written));
            await writing.Client.StepAsync($"Fetching submodule {source.Folder}{path} from {SubmoduleUrl.Shown(url)}", ct);
            if (await AddSubmoduleAsync(writing, source.Folder + path, url, commit, ct) is { } problem)
                return problem;
        }
        return null;
    }

    /// <summary>Fetches the one commit into a repository of its own, which is gone afterwards.</summary>
    private async Task<string?> AddSubmoduleAsync(Writing writing, string path, string url, string commit, CancellationToken ct)
    {
        var repository = Path.Combine(control.BuildsFolder, Path.GetRandomFileName());
        Directory.CreateDirectory(repository);
        using var limit = new CancellationTokenSource(options.SubmoduleTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await GitProgram.RunAsync(repository, ["init", "--bare", "--quiet", "--template="], environment: null, either.Token);
            string[] schemes = ["-c", "protocol.allow=never", .. SubmoduleUrl.Schemes.SelectMany(s => new[] { "-c", $"protocol.{s}.allow=always" })];
            var fetched = await GitProgram.RunAsync(repository, [.. schemes, "fetch", "--quiet", "--no-tags", "--depth=1", "--", url, commit], environment: null, either.Token);
            return fetched.ExitCode != 0
                ? GitMessages.SubmoduleFailed(path, SubmoduleUrl.Shown(url), commit, fetched.Errors.Replace(url, SubmoduleUrl.Shown(url), StringComparison.Ordinal))
                : await AddAsync(writing, new Source(repository, new Dictionary<string, string>(), commit, path + "/", url), ct);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return GitMessages.SubmoduleTimedOut(path, SubmoduleUrl.Shown(url), options.SubmoduleTimeout);
        }
        finally
        {
            Directory.Delete(repository, recursive: true);
        }
    }

    /// <summary>Where the commit has other repositories' commits in its tree.</summary>
    private static async Task<List<(string Path, string Commit)>> LinksAsync(Source source, CancellationToken ct)
    {
        var links = new List<(string, string)>();
        using var git = GitProgram.Start(source.Repository, ["ls-tree", "-r", "-z", "--full-tree", source.Commit], source.Environment);
        git.StandardInput.Close();
        var errors = GitProgram.ErrorsAsync(git);
        // One entry at a time: the whole list of a large repository is not kept.
        while (await NextAsync(git.StandardOutput, ct) is { } entry)
        {
            // 160000 commit 1234…<TAB>path
            if (entry.StartsWith("160000 ", StringComparison.Ordinal) && entry.Split('\t', 2) is [var head, var path])
                links.Add((path, head.Split(' ')[2]));
        }
        await GitProgram.EndAsync(git, "", errors, ct);
        return links;
    }

    private static async Task<string?> NextAsync(StreamReader entries, CancellationToken ct)
    {
        var entry = new StringBuilder();
        var character = new char[1];
        while (await entries.ReadAsync(character, ct) > 0)
        {
            if (character[0] == '\0')
                return entry.ToString();
            entry.Append(character[0]);
        }
        return null;
    }

    /// <summary>What .gitmodules says, by path.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> UrlsAsync(Source source, CancellationToken ct)
    {
        var listed = await GitProgram.RunAsync(source.Repository, ["config", "-z", $"--blob={source.Commit}:.gitmodules", "--get-regexp", @"^submodule\..*\.(path|url)$"], source.Environment, ct);
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        var urls = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in listed.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('\n', 2)).Where(p => p.Length == 2))
        {
            var dot = pair[0].LastIndexOf('.');
            (pair[0][dot..] == ".path" ? paths : urls)[pair[0][..dot]] = pair[1];
        }
        return paths.Where(p => urls.ContainsKey(p.Key)).ToDictionary(p => p.Value, p => urls[p.Key], StringComparer.Ordinal);
    }

    /// <param name="Environment">Where the commit's objects are, if not only in the repository.</param>
    /// <param name="Folder">Where its files go, with a slash at the end; empty: at the root.</param>
    /// <param name="Url">Where it was fetched from; null for what was pushed.</param>
    private sealed record Source(string Repository, IReadOnlyDictionary<string, string> Environment, string Commit, string Folder, string? Url);

    private sealed record Writing(Stream Stream, TarWriter Tar, PushClient Client)
    {
        public List<string> LargeFiles { get; } = [];

        public int Submodules { get; set; }
    }
}
