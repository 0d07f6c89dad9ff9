using System.Text.RegularExpressions;

namespace Berth.Builds.Stacks;

/// <summary>Java of Debian. Maven or Gradle make a jar; <c>/app/app.jar</c> leads to it.</summary>
internal sealed partial class JavaStack : IStack
{
    private static readonly string[] MavenFiles = ["pom.xml", "mvnw", ".mvn/wrapper/maven-wrapper.properties", ".mvn/wrapper/maven-wrapper.jar"];

    private static readonly string[] GradleFiles =
    [
        "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts", "gradle.properties", "gradlew",
        "gradle/wrapper/gradle-wrapper.jar", "gradle/wrapper/gradle-wrapper.properties", "gradle/libs.versions.toml",
    ];

    public string Name => "java";

    public string Version => "17";

    public StackBases Bases => new("stack/java-build", "stack/java");

    public IReadOnlyList<(string Key, string Value)> Environment =>
    [
        ("LANG", "C.UTF-8"),
        ("PATH", "/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ];

    public StackBases PublicBases(string version, ISourceFiles files) => files switch
    {
        _ when files.Exists("mvnw") || files.Exists("gradlew") => new($"eclipse-temurin:{version}-jdk", $"eclipse-temurin:{version}-jre"),
        _ when files.Exists("pom.xml") => new($"maven:3-eclipse-temurin-{version}", $"eclipse-temurin:{version}-jre"),
        _ => new($"gradle:jdk{version}", $"eclipse-temurin:{version}-jre"),
    };

    public VersionRequest? Asked(ISourceFiles files) => VersionRequest.In(
        files, ("system.properties", RuntimeVersion()), (".java-version", VersionRequest.Alone()), ("pom.xml", PomVersion()),
        ("build.gradle", ToolchainVersion()), ("build.gradle.kts", ToolchainVersion()));

    public StackMatch? Detect(ISourceFiles files)
    {
        var package = new[] { "pom.xml", "build.gradle", "build.gradle.kts", "gradlew" }.FirstOrDefault(files.Exists);
        if (package is null)
            return null;
        return new StackMatch
        {
            Stack = Name,
            Because = package,
            ByPackageFile = true,
            WebCommand = "java -XX:MaxRAMPercentage=75 $JAVA_OPTS -Dserver.port=$PORT -Dquarkus.http.port=$PORT -jar app.jar",
            WebBecause = "the jar that the build makes",
        };
    }

    public StackSteps StepsFor(ISourceFiles files) => files.Exists("pom.xml") ? Maven(files) : Gradle(files);

    private static StackSteps Maven(ISourceFiles files)
    {
        var maven = (files.Exists("mvnw") ? "sh ./mvnw" : "mvn") + " -B -q";
        bool alone = files.Read("pom.xml")?.Contains("<modules>", StringComparison.Ordinal) == false;
        return new StackSteps
        {
            DependencyFiles = alone ? [.. MavenFiles.Where(files.Exists)] : [],
            Install = alone ? [maven + " dependency:go-offline"] : [],
            Finish = [maven + " -DskipTests package", LinkJar("target/quarkus-app/quarkus-run.jar target/*.jar */target/*.jar")],
        };
    }

    private static StackSteps Gradle(ISourceFiles files)
    {
        var gradle = (files.Exists("gradlew") ? "sh ./gradlew" : "gradle") + " --no-daemon -q";
        bool alone = !SubProjects().IsMatch((files.Read("settings.gradle") ?? "") + files.Read("settings.gradle.kts"));
        return new StackSteps
        {
            DependencyFiles = alone ? [.. GradleFiles.Where(files.Exists)] : [],
            Install = alone ? [gradle + " dependencies"] : [],
            Finish = [gradle + " build -x test", LinkJar("build/quarkus-app/quarkus-run.jar build/libs/*-all.jar build/libs/*.jar */build/libs/*.jar")],
        };
    }

    /// <summary>The first jar that can be run: one with its sources, its documentation or without its libraries cannot.</summary>
    private static string LinkJar(string patterns) =>
        $"for jar in {patterns}; do case \"$jar\" in *-sources.jar|*-javadoc.jar|*-plain.jar|*/original-*) continue;; esac; "
        + "if [ -f \"$jar\" ] && (app=$PWD; cd /tmp && jar xf \"$app/$jar\" META-INF/MANIFEST.MF && grep -q ^Main-Class: META-INF/MANIFEST.MF); then ln -sf \"$jar\" app.jar; break; fi; done; "
        + "[ -e app.jar ] || echo 'no jar with a Main-Class was found: name the command of web in a Procfile'";

    [GeneratedRegex(@"^\s*java\.runtime\.version\s*=\s*(\d+)", RegexOptions.Multiline)]
    private static partial Regex RuntimeVersion();

    [GeneratedRegex(@"<(?:java\.version|maven\.compiler\.release|maven\.compiler\.source|release)>\s*(\d+)\s*<")]
    private static partial Regex PomVersion();

    [GeneratedRegex(@"JavaLanguageVersion\.of\((\d+)\)")]
    private static partial Regex ToolchainVersion();

    [GeneratedRegex(@"^\s*include\b", RegexOptions.Multiline)]
    private static partial Regex SubProjects();
}
