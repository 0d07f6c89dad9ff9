using Berth.Definitions.Sources;

namespace Berth.Definitions.Tests.Sources;

public sealed class IgnoreRulesTests
{
    [Theory]
    // A name alone matches at any depth; a slash anchors.
    [InlineData("build", "build", true)]
    [InlineData("build", "a/b/build", true)]
    [InlineData("build", "rebuild", null)]
    [InlineData("/build", "build", true)]
    [InlineData("/build", "a/build", null)]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/b", "x/a/b", null)]
    // A slash at the end means folders.
    [InlineData("logs/", "logs/", true)]
    [InlineData("logs/", "logs", null)]
    [InlineData("logs/", "a/logs/", true)]
    // Stars.
    [InlineData("*.pyc", "a/b/c.pyc", true)]
    [InlineData("a/*.txt", "a/x.txt", true)]
    [InlineData("a/*.txt", "a/b/x.txt", null)]
    [InlineData("**/x", "x", true)]
    [InlineData("**/x", "a/b/x", true)]
    [InlineData("**/x/y", "a/x/y", true)]
    [InlineData("a/**/z", "a/z", true)]
    [InlineData("a/**/z", "a/b/c/z", true)]
    [InlineData("a/**/z", "ab/z", null)]
    [InlineData("a/**", "a/b/c", true)]
    [InlineData("a/**", "a/", null)]
    [InlineData("*a*b*c", "xxaxxbxxc", true)]
    [InlineData("*a*b*c", "xxaxxbxx", null)]
    // Single characters, classes, escapes.
    [InlineData("?.log", "1.log", true)]
    [InlineData("?.log", "12.log", null)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[!a-c]x", "bx", null)]
    [InlineData("[^a-c]x", "dx", true)]
    [InlineData("[]]x", "]x", true)]
    [InlineData("[a", "[a", null)]
    [InlineData(@"\#file", "#file", true)]
    [InlineData(@"\!file", "!file", true)]
    [InlineData(@"a\*", "a*", true)]
    [InlineData(@"a\*", "ab", null)]
    // What is no pattern, and blanks at the end.
    [InlineData("# build", "# build", null)]
    [InlineData("", "a", null)]
    [InlineData("/", "a/", null)]
    [InlineData("build  ", "build", true)]
    [InlineData("build\r", "build", true)]
    [InlineData("a\\ ", "a ", true)]
    // The last rule decides.
    [InlineData("*.log\n!keep.log", "keep.log", false)]
    [InlineData("!keep.log\n*.log", "keep.log", true)]
    public void Gits_dialect(string rules, string path, bool? ignored)
    {
        bool isFolder = path.EndsWith('/');
        Assert.Equal(ignored, IgnoreRules.Parse(rules, IgnoreDialect.Git).Match(path.TrimEnd('/'), isFolder));
    }

    [Theory]
    [InlineData("build", "build", true)]
    [InlineData("build", "a/build", null)]
    [InlineData("build", "build/x/y", true)]
    [InlineData("/build/", "build/x", true)]
    [InlineData("./build", "build", true)]
    [InlineData("a/../build", "build", true)]
    [InlineData("*.md", "README.md", true)]
    [InlineData("*.md", "docs/README.md", null)]
    [InlineData("**/*.md", "docs/README.md", true)]
    [InlineData("**/*.md", "README.md", true)]
    [InlineData("*/temp*", "a/temporary.txt", true)]
    [InlineData("*/temp*", "a/b/temporary.txt", null)]
    [InlineData("*\n!src", "src/a.c", false)]
    [InlineData("node_modules\n!node_modules/kept", "node_modules/kept/x", false)]
    [InlineData("!docs\ndocs/*.txt", "docs/a.txt", true)]
    [InlineData("  build  ", "build", true)]
    [InlineData("# build", "# build", null)]
    public void Dockers_dialect(string rules, string path, bool? ignored) =>
        Assert.Equal(ignored, IgnoreRules.Parse(rules, IgnoreDialect.Docker).Match(path, isFolder: false));

    [Fact]
    public void A_file_further_down_speaks_only_of_what_is_beside_and_below_it()
    {
        var rules = IgnoreRules.Parse("/out\n*.tmp", IgnoreDialect.Git, "sub/dir");

        Assert.True(rules.Match("sub/dir/out", isFolder: false));
        Assert.True(rules.Match("sub/dir/deep/a.tmp", isFolder: false));
        Assert.Null(rules.Match("out", isFolder: false));
        Assert.Null(rules.Match("sub/a.tmp", isFolder: false));
        Assert.Null(rules.Match("sub/dir/deep/out", isFolder: false));
    }

    [Theory]
    [InlineData("/.berth/\n/Procfile", "node_modules", false)]
    [InlineData("/vendor/lib/*.js", "vendor", true)]
    [InlineData("/vendor/lib/*.js", "vendor/lib/deep", true)]
    [InlineData("/vendor/lib/*.js", "other", false)]
    [InlineData("*.js", "other", true)]
    public void A_folder_is_looked_into_only_where_a_rule_could_reach(string rules, string folder, bool reaches) =>
        Assert.Equal(reaches, IgnoreRules.Parse(rules, IgnoreDialect.Git).MayMatchBelow(folder));

    [Fact]
    public void A_pattern_made_of_stars_takes_no_time()
    {
        var rules = IgnoreRules.Parse(string.Concat(Enumerable.Repeat("**/a*", 60)) + "z", IgnoreDialect.Git);

        Assert.Null(rules.Match(string.Join('/', Enumerable.Repeat("aaaaaaaaaaaaaaaa", 60)), isFolder: false));
    }
}
