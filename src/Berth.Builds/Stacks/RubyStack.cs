using System.Text.RegularExpressions;

namespace Berth.Builds.Stacks;

/// <summary>Ruby and Bundler of Debian. Gems go to <c>/opt/bundle</c>.</summary>
internal sealed partial class RubyStack : IStack
{
    private static readonly string[] Programs = ["app.rb", "main.rb", "server.rb", "web.rb"];
    private static readonly string[] Carried = ["/opt/bundle"];

    public string Name => "ruby";

    public string Version => "3.1";

    public StackBases Bases => new("stack/ruby-build", "stack/ruby");

    public IReadOnlyList<(string Key, string Value)> Environment =>
    [
        ("RACK_ENV", "production"),
        ("RAILS_ENV", "production"),
        ("RAILS_LOG_TO_STDOUT", "1"),
        ("RAILS_SERVE_STATIC_FILES", "1"),
        ("BUNDLE_PATH", "/opt/bundle"),
        ("BUNDLE_WITHOUT", "development:test"),
        // Otherwise Bundler wants to write its settings beside the app.
        ("BUNDLE_APP_CONFIG", "/opt/bundle"),
        ("LANG", "C.UTF-8"),
        ("PATH", "/app/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ];

    public StackBases PublicBases(string version, ISourceFiles files) => new($"ruby:{version}", $"ruby:{version}-slim");

    public VersionRequest? Asked(ISourceFiles files) => VersionRequest.In(files, ("Gemfile", GemfileRuby()), (".ruby-version", VersionRequest.Alone()));

    public StackMatch? Detect(ISourceFiles files)
    {
        bool package = files.Exists("Gemfile");
        var because = package ? "Gemfile" : files.Exists("config.ru") ? "config.ru" : Programs.FirstOrDefault(files.Exists);
        if (because is null)
            return null;
        var (command, commandBecause) = WebCommand(files);
        return new StackMatch { Stack = Name, Because = because, ByPackageFile = package, WebCommand = command, WebBecause = commandBecause };
    }

    public StackSteps StepsFor(ISourceFiles files)
    {
        if (files.Read("Gemfile") is not { } gemfile)
            return new StackSteps();
        bool locked = files.Exists("Gemfile.lock");
        string[] install = [(locked ? "BUNDLE_FROZEN=true " : "") + "bundle install --jobs 4", "rm -rf /opt/bundle/ruby/*/cache"];
        string[] assets = HasAssets(files) ? ["SECRET_KEY_BASE_DUMMY=1 SECRET_KEY_BASE=only-for-the-build bundle exec rake assets:precompile"] : [];
        // Gems of the source's own folders, or a lock file that the app's folder must keep.
        if (LocalGem().IsMatch(gemfile) || files.FoldersIn("vendor").Contains("cache") || !locked)
            return new StackSteps { Finish = [.. install, .. assets], Carried = Carried };
        return new StackSteps
        {
            DependencyFiles = [.. new[] { "Gemfile", "Gemfile.lock", ".ruby-version" }.Where(files.Exists)],
            Install = install,
            Finish = assets,
            Carried = Carried,
        };
    }

    /// <summary>A Rails app whose gems include an asset pipeline.</summary>
    private static bool HasAssets(ISourceFiles files) =>
        files.Exists("config/application.rb") && files.Read("Gemfile.lock") is { } locked
        && new[] { "sprockets-rails", "propshaft" }.Any(gem => locked.Contains(gem, StringComparison.Ordinal));

    private static (string? Command, string? Because) WebCommand(ISourceFiles files)
    {
        var gems = files.Read("Gemfile.lock") ?? files.Read("Gemfile");
        var bundled = gems is null ? "" : "bundle exec ";
        if (files.Exists("config/application.rb") && gems is not null)
            return ("bundle exec rails server -b 0.0.0.0 -p $PORT", "config/application.rb");
        if (files.Exists("config.ru"))
        {
            return gems?.Contains("puma", StringComparison.Ordinal) == true
                ? ("bundle exec puma -b tcp://0.0.0.0:$PORT", "config.ru, puma")
                : ($"{bundled}rackup --host 0.0.0.0 --port $PORT", "config.ru");
        }
        return Programs.FirstOrDefault(files.Exists) is { } program ? ($"{bundled}ruby {program}", program) : (null, null);
    }

    [GeneratedRegex(@"^\s*ruby\s*\(?\s*['""](\d+(?:\.\d+)*)['""]", RegexOptions.Multiline)]
    private static partial Regex GemfileRuby();

    [GeneratedRegex(@"\bpath:|:path\s*=>|^\s*(gemspec|path|eval_gemfile)\b|File\.|require_relative", RegexOptions.Multiline)]
    private static partial Regex LocalGem();
}
