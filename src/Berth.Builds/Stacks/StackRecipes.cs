namespace Berth.Builds.Stacks;

/// <summary>All the images <c>stack/…</c>, each after its parent.</summary>
internal static class StackRecipes
{
    private const string Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Libraries that compiled packages of Python, Node and Ruby link to; <c>stack/build</c> has their headers.</summary>
    private static readonly string[] Libraries = ["libffi8", "libmariadb3", "libpq5", "libsqlite3-0", "libxml2", "libxslt1.1", "libyaml-0-2", "tzdata"];

    private static readonly string[] Python = ["python3", "python-is-python3", "python3-venv", "python3-pip"];
    private static readonly string[] Ruby = ["ruby", "ruby-bundler", "ruby-webrick"];

    /// <summary>Debian's own npm comes as several hundred packages, which takes longer than all the rest.</summary>
    private static readonly string[] Npm =
    [
        "/usr/lib/apt/apt-helper download-file https://registry.npmjs.org/npm/-/npm-10.9.4.tgz /tmp/npm.tgz "
            + "SHA512:3a7506f37e85c1ba1021baad79f0cd9724748131f321fc117c4dc3ba235ec01be7327584a41d15117c01945560aa9373220628fcc1e1dddd877a5fe9b336a900",
        "mkdir -p /usr/local/lib/node_modules/npm",
        "tar -xzf /tmp/npm.tgz -C /usr/local/lib/node_modules/npm --strip-components=1 --no-same-owner",
        "ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm",
        "ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx",
        "rm /tmp/npm.tgz",
    ];

    public static IReadOnlyList<StackRecipe> All { get; } =
    [
        new()
        {
            Name = "base",
            Parent = null,
            Packages = ["apt", "ca-certificates", "tzdata"],
            Commands =
            [
                "groupadd --gid 1000 app",
                "useradd --uid 1000 --gid 1000 --home-dir /app --shell /bin/sh app",
                "install -d -o app -g app /app",
                // Packages that link manual pages fail where even the folders of those are left out.
                "mkdir -p /usr/share/man/man1 /usr/share/man/man7",
            ],
            Settings = Settings([("LANG", "C.UTF-8"), ("PATH", Path)]),
        },
        new()
        {
            Name = "build",
            Packages =
            [
                "build-essential", "curl", "git", "pkg-config", "unzip",
                "default-libmysqlclient-dev", "libffi-dev", "libpq-dev", "libsqlite3-dev", "libssl-dev", "libxml2-dev", "libxslt1-dev", "libyaml-dev", "zlib1g-dev",
            ],
        },
        Language(new PythonStack(), [.. Python, .. Libraries]),
        Compiling(new PythonStack(), [.. Python, "python3-dev"]),
        Language(new NodeStack(), ["nodejs", .. Libraries], Npm),
        Compiling(new NodeStack(), ["nodejs", "python3"], Npm),
        Language(new RubyStack(), [.. Ruby, .. Libraries]),
        Compiling(new RubyStack(), [.. Ruby, "ruby-dev"]),
        Language(new PhpStack(),
        [
            "apache2", "composer", "git", "libapache2-mod-php", "unzip",
            .. new[] { "bcmath", "cli", "curl", "gd", "intl", "mbstring", "mysql", "opcache", "pgsql", "sqlite3", "xml", "zip" }.Select(part => $"php8.2-{part}"),
        ]) with { Programs = ["berth-php"] },
        Compiling(new GoStack(), ["golang-go"]) with { Backports = true },
        Compiling(new RustStack(), ["rustc-web", "cargo-web"]),
        Language(new JavaStack(), ["openjdk-17-jre-headless"]),
        Language(new JavaStack(), ["openjdk-17-jdk-headless", "maven", "git"]) with { Name = "java-build" },
        Language(new DotnetStack(), ["libicu72", "libssl3"]) with { DotnetFolders = ["dotnet", "host", "shared"] },
        Language(new DotnetStack(), ["git"]) with
        {
            Name = "dotnet-build",
            Parent = "dotnet",
            DotnetFolders = ["packs", "sdk", "sdk-manifests", "templates"],
        },
        Language(new StaticStack(), ["nginx-light"]) with { Programs = ["berth-static"] },
        new()
        {
            Name = "redis",
            Packages = ["redis-server"],
            Commands = ["install -d -o redis -g redis /data"],
            Settings =
            [
                "WORKDIR /data",
                "USER redis",
                "EXPOSE 6379",
                // Reachable in the app's own network alone, hence no password; a cache unless a command says otherwise.
                "CMD [\"redis-server\", \"--bind\", \"0.0.0.0\", \"--protected-mode\", \"no\", \"--save\", \"\", \"--appendonly\", \"no\"]",
            ],
        },
        new()
        {
            Name = "postgres",
            Packages = ["postgresql", "postgresql-contrib"],
            Commands =
            [
                // The package makes a cluster of its own, with keys that every copy of the image would share.
                "rm -rf /var/lib/postgresql/* /etc/postgresql/* /etc/ssl/private/*",
                "ln -s \"$(ls -d /usr/lib/postgresql/* | tail -n 1)\" /usr/lib/postgresql/current",
                "install -d -o postgres -g postgres -m 700 /var/lib/postgresql/data",
            ],
            Programs = ["berth-postgres"],
            Settings =
            [
                $"ENV PATH=/usr/lib/postgresql/current/bin:{Path}",
                "ENV PGDATA=/var/lib/postgresql/data",
                "EXPOSE 5432",
                "ENTRYPOINT [\"/usr/local/bin/berth-postgres\"]",
                "CMD [\"postgres\"]",
            ],
        },
    ];

    public static StackRecipe? Find(string name) => All.FirstOrDefault(recipe => recipe.Name == name);

    /// <summary>What an app of the stack needs to run.</summary>
    private static StackRecipe Language(IStack stack, IReadOnlyList<string> packages, params IReadOnlyList<string> commands) =>
        new() { Name = stack.Name, Packages = packages, Commands = commands, Settings = Settings(stack.Environment) };

    /// <summary>What builds an app of the stack where that takes compilers.</summary>
    private static StackRecipe Compiling(IStack stack, IReadOnlyList<string> packages, params IReadOnlyList<string> commands) =>
        Language(stack, packages, commands) with { Name = stack.Name + "-build", Parent = "build" };

    private static IReadOnlyList<string> Settings(IReadOnlyList<(string Key, string Value)> environment) =>
        [.. environment.Select(item => $"ENV {item.Key}={item.Value}"), "WORKDIR /app"];
}
