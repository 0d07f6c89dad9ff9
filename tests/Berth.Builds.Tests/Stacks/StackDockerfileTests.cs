using Berth.Builds.Stacks;

namespace Berth.Builds.Tests.Stacks;

public sealed class StackDockerfileTests
{
    [Fact]
    public void Python_installs_beside_the_source_and_carries_over_what_it_installed()
    {
        using var source = new SourceFolder(("requirements.txt", "flask==3\n"));

        Assert.Equal(
            [
                "FROM stack/python-build AS build",
                "WORKDIR /app",
                "COPY source/requirements.txt ./",
                "RUN [\"/bin/sh\", \"-c\", \"python3 -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir -r requirements.txt\"]",
                "COPY source/ ./",
                "FROM stack/python",
                "WORKDIR /app",
                "COPY --from=build /opt/venv /opt/venv",
                "COPY --chown=app source/ ./",
                "USER app",
                "RUN [\"/bin/sh\", \"-c\", \"python compile.py\"]",
            ],
            Lines("python", source, onBuild: ["python compile.py"]));
    }

    [Fact]
    public void What_a_compiler_leaves_becomes_the_app()
    {
        using var source = new SourceFolder(("go.mod", "module example.com/shop\n"), ("go.sum", ""), ("main.go", "package main\n"));

        Assert.Equal(
            [
                "FROM stack/go-build AS build",
                "WORKDIR /app",
                "COPY source/go.mod source/go.sum ./",
                "RUN [\"/bin/sh\", \"-c\", \"go mod download\"]",
                "COPY source/ ./",
                "RUN [\"/bin/sh\", \"-c\", \"mkdir -p bin && go build -o bin/shop .\"]",
                "FROM stack/base",
                "WORKDIR /app",
                "COPY --from=build --chown=app /app/ ./",
                "USER app",
            ],
            Lines("go", source));
    }

    [Fact]
    public void Nothing_to_install_takes_the_small_image_alone()
    {
        using var source = new SourceFolder(("app.py", ""));

        Assert.Equal(["FROM stack/python", "WORKDIR /app", "COPY --chown=app source/ ./", "USER app"], Lines("python", source));
    }

    [Fact]
    public void Files_of_several_folders_keep_their_places()
    {
        using var source = new SourceFolder(("build.gradle", ""), ("gradlew", ""), ("gradle/wrapper/gradle-wrapper.properties", ""));

        Assert.Contains("COPY source/build.gradle source/gradlew ./", Lines("java", source));
        Assert.Contains("COPY source/gradle/wrapper/gradle-wrapper.properties ./gradle/wrapper/", Lines("java", source));
    }

    [Theory]
    // Only comments: nothing to install.
    [InlineData("python", "requirements.txt", "# nothing\n\n", "", "")]
    [InlineData("python", "app.py", "", "", "")]
    // What one file alone cannot say waits for the whole source.
    [InlineData("python", "requirements.txt", "-r base.txt\n", "", "pip install --no-cache-dir -r requirements.txt")]
    [InlineData("python", "requirements.txt", "-e .\n", "", "pip install --no-cache-dir -r requirements.txt")]
    [InlineData("python", "requirements.txt", "./vendor/x\n", "", "pip install --no-cache-dir -r requirements.txt")]
    [InlineData("python", "requirements.txt", "vendor/x-1.0-py3-none-any.whl\n", "", "pip install --no-cache-dir -r requirements.txt")]
    [InlineData("python", "requirements.txt", "x @ https://example.com/x-1.0-py3-none-any.whl\n", "pip install --no-cache-dir -r requirements.txt", "")]
    [InlineData("python", "pyproject.toml", "[project]\ndependencies = ['flask']\n", "pip install --no-cache-dir -r /tmp/requirements.txt", "")]
    [InlineData("python", "pyproject.toml", "[project]\ndependencies = []\n[build-system]\n", "pip install --no-cache-dir -r /tmp/requirements.txt", "pip install --no-cache-dir .")]
    [InlineData("python", "pyproject.toml", "[tool.poetry.dependencies]\n[build-system]\n", "poetry install --only main --no-root --no-interaction --no-cache", "pip install --no-cache-dir --no-deps .")]
    [InlineData("python", "pyproject.toml", "[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\n[build-system]\n", "poetry install --only main --no-root --no-interaction --no-cache", "")]
    [InlineData("python", "pyproject.toml", "[tool.poetry.dependencies]\nmine = { path = '../mine' }\n", "", "poetry install --only main --no-root --no-interaction --no-cache")]
    [InlineData("python", "pyproject.toml", "[tool.black]\n", "", "")]
    [InlineData("python", "setup.py", "", "", "pip install --no-cache-dir .")]
    [InlineData("python", "Pipfile", "", "pip install --no-cache-dir -r /tmp/requirements.txt", "")]
    [InlineData("python", "Pipfile", "mine = {path = './mine'}", "", "pip install --no-cache-dir -r /tmp/requirements.txt")]
    [InlineData("node", "package.json", "{}", "", "")]
    [InlineData("node", "package.json", """{"dependencies":{"ms":"2"}}""", "npm install --omit=dev && rm -rf /tmp/npm", "")]
    [InlineData("node", "package.json", """{"scripts":{"build":"x"}}""", "npm install --include=dev && rm -rf /tmp/npm", "npm run build && npm prune --omit=dev && rm -rf /tmp/npm")]
    [InlineData("node", "package.json", """{"dependencies":{"ms":"2"},"scripts":{"postinstall":"x"}}""", "", "npm install --omit=dev && rm -rf /tmp/npm")]
    [InlineData("node", "package.json", """{"dependencies":{"mine":"file:./mine"}}""", "", "npm install --omit=dev && rm -rf /tmp/npm")]
    [InlineData("ruby", "Gemfile", "gem 'rack'\n", "", "bundle install --jobs 4 && rm -rf /opt/bundle/ruby/*/cache")]
    [InlineData("go", "main.go", "package main\n", "", "mkdir -p bin && go mod init app && go build -o bin/web .")]
    [InlineData("go", "cmd/web/main.go", "package main\n", "", "mkdir -p bin && go mod init app && go build -o bin/ ./cmd/...")]
    [InlineData("rust", "Cargo.toml", "[package]\nname = \"shop\"\n", "", "-exec cp {} bin/ ';'")]
    [InlineData("static", "index.html", "", "", "")]
    [InlineData("dotnet", "Shop.csproj", "<Project Sdk='Microsoft.NET.Sdk.Web'/>", "dotnet restore 'Shop.csproj'", "dotnet publish 'Shop.csproj' -c Release -o /out --no-restore")]
    public void Dependencies_are_installed_as_early_as_their_files_allow(string stack, string file, string text, string before, string after)
    {
        using var source = new SourceFolder((file, text));

        var steps = StackDetector.Find(stack)!.StepsFor(new FolderFiles(source.Path));

        Assert.EndsWith(before, string.Join(" && ", steps.Install));
        Assert.Equal(before.Length == 0, steps.Install.Count == 0);
        Assert.EndsWith(after, string.Join(" && ", steps.Finish));
        Assert.Equal(after.Length == 0, steps.Finish.Count == 0);
        Assert.Equal(steps.Install.Count > 0, steps.DependencyFiles.Contains(file));
    }

    [Theory]
    [InlineData("uv.lock", "[project]\n", "uv sync --frozen --no-dev --no-cache --no-install-project", "")]
    [InlineData("uv.lock", "[project]\n[build-system]\n", "uv sync --frozen --no-dev --no-cache --no-install-project", "--no-editable")]
    [InlineData("uv.lock", "[tool.uv.workspace]\n", "", "uv sync --frozen --no-dev --no-cache --no-editable")]
    [InlineData("poetry.lock", "[project]\n", "poetry install --only main --no-root --no-interaction --no-cache", "")]
    public void A_project_s_lock_file_decides_who_installs(string lockFile, string project, string before, string after)
    {
        using var source = new SourceFolder(("pyproject.toml", project), (lockFile, ""));

        var steps = StackDetector.Find("python")!.StepsFor(new FolderFiles(source.Path));

        Assert.EndsWith(before, steps.Install.LastOrDefault() ?? "");
        Assert.EndsWith(after, steps.Finish.LastOrDefault() ?? "");
        Assert.Equal(before.Length == 0 ? [] : ["pyproject.toml", lockFile], steps.DependencyFiles);
    }

    [Theory]
    [InlineData("Pipfile.lock", "", "pipenv requirements > /tmp/requirements.txt")]
    [InlineData("other", "/opt/tools/bin/pipenv lock", "pipenv requirements > /tmp/requirements.txt")]
    public void A_pipfile_without_a_lock_file_is_locked_first(string lockFile, string locking, string export)
    {
        using var source = new SourceFolder(("Pipfile", ""), (lockFile, ""));

        var install = string.Join(" && ", StackDetector.Find("python")!.StepsFor(new FolderFiles(source.Path)).Install);

        Assert.Equal(locking.Length > 0, install.Contains("pipenv lock", StringComparison.Ordinal));
        Assert.Contains(export, install);
    }

    [Theory]
    [InlineData("pnpm@9.1.0+sha512.abc", "pnpm-lock.yaml", "npx --yes pnpm@9.1.0 install --frozen-lockfile --prod")]
    [InlineData("yarn@1.22.19", "yarn.lock", "npx --yes yarn@1.22.19 install --frozen-lockfile --production=true")]
    [InlineData("yarn@4.5.0", "yarn.lock", "npx --yes @yarnpkg/cli-dist@4.5.0 install --immutable")]
    [InlineData("npm@10.0.0", "package-lock.json", "npm ci --omit=dev")]
    [InlineData("yarn@$(reboot)", "package-lock.json", "npm ci --omit=dev")]
    public void The_package_manager_that_package_json_names_installs(string manager, string lockFile, string command)
    {
        using var source = new SourceFolder(("package.json", $$"""{"dependencies":{"ms":"2"},"packageManager":"{{manager}}"}"""), (lockFile, ""));

        Assert.Equal(command, StackDetector.Find("node")!.StepsFor(new FolderFiles(source.Path)).Install[0]);
    }

    [Fact]
    public void Rust_s_dependencies_are_built_with_an_empty_program_in_the_app_s_place()
    {
        using var source = new SourceFolder(("Cargo.toml", "[package]\nname = \"shop\"\n[dependencies]\nserde = \"1\"\n"), ("Cargo.lock", ""), ("src/main.rs", ""));

        var steps = StackDetector.Find("rust")!.StepsFor(new FolderFiles(source.Path));

        Assert.Equal(["Cargo.toml", "Cargo.lock"], steps.DependencyFiles);
        Assert.Contains("cargo build --release --locked", steps.Install);
        Assert.StartsWith("find . -name '*.rs' -exec touch", steps.Finish[0]);
    }

    [Fact]
    public void A_gemfile_with_a_lock_file_and_gems_from_elsewhere_needs_no_source()
    {
        using var source = new SourceFolder(("Gemfile", "gem 'rack'\n"), ("Gemfile.lock", ""));
        using var own = new SourceFolder(("Gemfile", "gem 'mine', path: 'mine'\n"), ("Gemfile.lock", ""));

        Assert.Equal(["Gemfile", "Gemfile.lock"], StackDetector.Find("ruby")!.StepsFor(new FolderFiles(source.Path)).DependencyFiles);
        Assert.Empty(StackDetector.Find("ruby")!.StepsFor(new FolderFiles(own.Path)).DependencyFiles);
    }

    [Fact]
    public void Django_collects_its_static_files_where_the_settings_say_so()
    {
        using var source = new SourceFolder(("manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')"), ("shop/settings.py", "STATIC_ROOT = 'static'"));

        Assert.Contains("python manage.py collectstatic --noinput", StackDetector.Find("python")!.StepsFor(new FolderFiles(source.Path)).Finish.Single());
    }

    [Theory]
    [InlineData("package-lock.json", "npm ci --omit=dev")]
    [InlineData("yarn.lock", "npx --yes yarn@1 install --frozen-lockfile --production=true")]
    [InlineData("pnpm-lock.yaml", "npx --yes pnpm@9 install --frozen-lockfile --prod")]
    public void A_lock_file_decides_who_installs(string lockFile, string command)
    {
        using var source = new SourceFolder(("package.json", """{"dependencies":{"ms":"2"}}"""), (lockFile, "{}"), (".npmrc", ""));

        var steps = StackDetector.Find("node")!.StepsFor(new FolderFiles(source.Path));

        Assert.Equal(command, steps.Install[0]);
        Assert.Equal(["package.json", lockFile, ".npmrc"], steps.DependencyFiles);
    }

    [Fact]
    public void Packages_that_came_with_the_source_and_no_lock_file_are_used_as_they_are()
    {
        using var source = new SourceFolder(("package.json", """{"dependencies":{"ms":"2"}}"""), ("node_modules/.package-lock.json", "{}"));

        var steps = StackDetector.Find("node")!.StepsFor(new FolderFiles(source.Path));

        Assert.Empty(steps.Install);
        Assert.Empty(steps.Replaced);
    }

    [Fact]
    public void A_public_base_loses_its_entry_point_and_gets_the_user()
    {
        using var source = new SourceFolder(("app.py", ""));

        var lines = Lines("python", source, from: "python:3.12-slim");

        Assert.Equal(["FROM python:3.12-slim", "ENTRYPOINT []", "CMD []", "USER root"], lines[..4]);
        Assert.Contains("useradd", lines[4]);
    }

    private static string[] Lines(string name, SourceFolder source, string? from = null, params string[] onBuild)
    {
        var stack = StackDetector.Find(name)!;
        var steps = stack.StepsFor(new FolderFiles(source.Path));
        var text = StackDockerfile.Write(stack, from is null ? stack.Bases : new StackBases(from), steps, onBuild);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("ENV ", StringComparison.Ordinal))];
    }
}
