using Berth.Builds.Stacks;
using Berth.Model;

namespace Berth.Builds.Tests.Stacks;

public sealed class StackDetectorTests
{
    [Theory]
    [InlineData("requirements.txt=flask", "python", null)]
    [InlineData("Pipfile=", "python", null)]
    [InlineData("pyproject.toml=[project]", "python", null)]
    [InlineData("setup.py=", "python", null)]
    [InlineData("app.py=print(1)", "python", "python app.py")]
    [InlineData("main.py=print(1)", "python", "python main.py")]
    [InlineData("strange_name.py=print(1)", "python", null)]
    [InlineData("manage.py=", "python", "python manage.py runserver 0.0.0.0:$PORT")]
    [InlineData("manage.py=os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')|requirements.txt=Django\ngunicorn", "python", "gunicorn shop.wsgi --bind 0.0.0.0:$PORT")]
    [InlineData("app.py=app = Flask(__name__)|requirements.txt=flask\ngunicorn==23", "python", "gunicorn app:app --bind 0.0.0.0:$PORT")]
    [InlineData("main.py=app = FastAPI()|requirements.txt=fastapi\nuvicorn", "python", "uvicorn main:app --host 0.0.0.0 --port $PORT")]
    [InlineData("app.py=server = 1|requirements.txt=gunicorn", "python", "python app.py")]
    [InlineData("""package.json={"scripts":{"start":"node x"}}""", "node", "npm start")]
    [InlineData("""package.json={"main":"./lib/start.js"}|lib/start.js=""", "node", "node lib/start.js")]
    [InlineData("""package.json={"main":"; rm -rf /"}|server.js=""", "node", "node server.js")]
    [InlineData("package.json={}", "node", null)]
    [InlineData("package.json=not json|index.js=", "node", "node index.js")]
    [InlineData("server.js=", "node", "node server.js")]
    [InlineData("app.py=app = Flask(__name__)|requirements.txt=flask", "python", "flask --app app:app run --host 0.0.0.0 --port $PORT")]
    [InlineData("app.py=app = Flask(__name__)\nif __name__ == '__main__':\n  app.run()|requirements.txt=flask", "python", "python app.py")]
    [InlineData("wsgi.py=application = get()|Pipfile=gunicorn", "python", "gunicorn wsgi:application --bind 0.0.0.0:$PORT")]
    [InlineData("app/main.py=app: FastAPI = FastAPI()|pyproject.toml=fastapi[standard]", "python", "uvicorn app.main:app --host 0.0.0.0 --port $PORT")]
    [InlineData("app.py=app = FastAPI()|requirements.txt=fastapi\ngunicorn\nuvicorn", "python", "uvicorn app:app --host 0.0.0.0 --port $PORT")]
    [InlineData("Gemfile=gem 'rack'|config.ru=run App", "ruby", "bundle exec rackup --host 0.0.0.0 --port $PORT")]
    [InlineData("Gemfile=gem 'puma'|config.ru=run App", "ruby", "bundle exec puma -b tcp://0.0.0.0:$PORT")]
    [InlineData("Gemfile=gem 'rails'|config/application.rb=|config.ru=|package.json={}", "ruby", "bundle exec rails server -b 0.0.0.0 -p $PORT")]
    [InlineData("config.ru=run App", "ruby", "rackup --host 0.0.0.0 --port $PORT")]
    [InlineData("app.rb=", "ruby", "ruby app.rb")]
    [InlineData("Gemfile=|app.rb=", "ruby", "bundle exec ruby app.rb")]
    [InlineData("Gemfile=", "ruby", null)]
    [InlineData("index.php=", "php", "berth-php .")]
    [InlineData("composer.json={}|public/index.php=|package.json={}", "php", "berth-php public")]
    [InlineData("composer.json={}", "php", null)]
    [InlineData("go.mod=module example.com/shop/v2|main.go=package main", "go", "bin/shop")]
    [InlineData("go.mod=module shop|main.go=// Copyright\npackage main|main_test.go=package main", "go", "bin/shop")]
    [InlineData("go.mod=module shop|cmd/shop/main.go=package main|cmd/import/main.go=package main", "go", "bin/shop")]
    [InlineData("go.mod=module x|cmd/server/main.go=package main|cmd/import/main.go=package main", "go", "bin/server")]
    [InlineData("go.mod=module x|cmd/only/main.go=package main", "go", "bin/only")]
    [InlineData("go.mod=module x|cmd/a/main.go=package main|cmd/b/main.go=package main", "go", null)]
    [InlineData("go.mod=module x|lib.go=package lib", "go", null)]
    [InlineData("main.go=package main", "go", "bin/web")]
    [InlineData("pom.xml=<project/>", "java", Jar)]
    [InlineData("build.gradle.kts=|gradlew=", "java", Jar)]
    [InlineData("Cargo.toml=[package]\nversion = \"1\"\nname = \"shop\"|src/main.rs=", "rust", "bin/shop")]
    [InlineData("Cargo.toml=[workspace]", "rust", null)]
    [InlineData("Shop.csproj=<Project Sdk='Microsoft.NET.Sdk.Web'/>", "dotnet", "ASPNETCORE_URLS=http://0.0.0.0:$PORT dotnet Shop.dll")]
    [InlineData("src/Shop/Shop.csproj=<Project Sdk='Microsoft.NET.Sdk.Web'><AssemblyName>shop-web</AssemblyName></Project>|Shop.sln=|src/Lib/Lib.csproj=", "dotnet", "ASPNETCORE_URLS=http://0.0.0.0:$PORT dotnet shop-web.dll")]
    [InlineData("Lib/Lib.csproj=<Project/>", "dotnet", null)]
    [InlineData("index.html=", "static", "berth-static .")]
    [InlineData("public/index.html=", "static", "berth-static public")]
    [InlineData("Staticfile=root: dist\npushstate: enabled|index.php=", "static", "berth-static dist index.html")]
    [InlineData("Staticfile=root: $(reboot)|index.html=", "static", "berth-static .")]
    [InlineData("server.js=|index.html=", "node", "node server.js")]
    // A package file outweighs source code; among package files the table's order counts.
    [InlineData("package.json={}|tools.py=", "node", null)]
    [InlineData("package.json={}|requirements.txt=flask", "python", null)]
    public void A_source_is_recognised(string files, string stack, string? command)
    {
        using var source = Source(files);

        var plan = ImageBuilder.Plan(source.Path, new BuildDefinition());

        Assert.Null(plan.Error);
        Assert.Equal((stack, command), (plan.Stack, plan.DefaultWebCommand));
        Assert.Equal(StackDetector.Find(stack)!.Bases, plan.Bases);
    }

    private const string Jar = "java -XX:MaxRAMPercentage=75 $JAVA_OPTS -Dserver.port=$PORT -Dquarkus.http.port=$PORT -jar app.jar";

    [Theory]
    [InlineData("app.py=|.python-version=3.12", ".python-version asks for 3.12, stack/python has 3.11: set version = \"3.12\" under [build] in app.toml to build on python:3.12-slim")]
    [InlineData("Gemfile=ruby '3.3.0'|app.rb=", "Gemfile asks for 3.3.0, stack/ruby has 3.1")]
    [InlineData("""package.json={"engines":{"node":"22.x"}}|server.js=""", null)]
    [InlineData("""package.json={"engines":{"node":"22"}}|server.js=""", "package.json asks for 22, stack/node has 18")]
    [InlineData("server.js=|.nvmrc=v20", ".nvmrc asks for 20, stack/node has 18")]
    [InlineData("server.js=|.nvmrc=lts/*", null)]
    [InlineData("app.py=|runtime.txt=python-3.11", null)]
    [InlineData("pom.xml=<java.version>21</java.version>", "pom.xml asks for 21, stack/java has 17")]
    [InlineData("pom.xml=<java.version>17</java.version>", null)]
    public void A_version_that_the_source_asks_for_and_the_stack_does_not_have_is_said(string files, string? said)
    {
        using var source = Source(files);

        var reasons = ImageBuilder.Plan(source.Path, new BuildDefinition()).Reasons;

        var about = Assert.Single([.. reasons.Where(reason => reason.Contains(" asks for ", StringComparison.Ordinal)), ""], reason => said is null || reason.Length > 0);
        Assert.StartsWith(said ?? "", about);
    }

    [Fact]
    public void Every_finding_is_explained()
    {
        using var source = Source("requirements.txt=flask|app.py=print(1)|package.json={}");

        var plan = ImageBuilder.Plan(source.Path, new BuildDefinition());

        Assert.Equal(
            ["requirements.txt found: stack python", "package.json found too, but stack node is not used", "base image: stack/python (the stack's own)", "default web command: python app.py (from app.py)"],
            plan.Reasons);
    }

    [Fact]
    public void A_stack_that_is_asked_for_wins_over_dockerfile_and_detection()
    {
        using var source = Source("Dockerfile=FROM scratch|requirements.txt=flask|server.js=");

        var plan = ImageBuilder.Plan(source.Path, new BuildDefinition { Stack = "node" });

        Assert.Equal(("node", "node server.js"), (plan.Stack, plan.DefaultWebCommand));
    }

    [Theory]
    [InlineData("3.12", null, "python:3.12-slim")]
    [InlineData("3.12", "registry.local/py", "registry.local/py")]
    [InlineData("3", null, "stack/python")]
    [InlineData("3.11", null, "stack/python")]
    [InlineData("3.11.4", null, "python:3.11.4-slim")]
    public void Another_base_can_be_asked_for(string version, string? image, string expected)
    {
        using var source = Source("app.py=");

        Assert.Equal(expected, ImageBuilder.Plan(source.Path, new BuildDefinition { Version = version, Base = image }).BaseImage);
    }

    [Theory]
    [InlineData("Dockerfile", null, "Dockerfile")]
    [InlineData("docker/prod.Dockerfile", "./docker//prod.Dockerfile", "docker/prod.Dockerfile")]
    public void A_dockerfile_is_used(string file, string? named, string expected)
    {
        using var source = Source($"{file}=FROM scratch|requirements.txt=flask");

        Assert.Equal(expected, ImageBuilder.Plan(source.Path, new BuildDefinition { Dockerfile = named }).Dockerfile);
    }

    [Theory]
    [InlineData("Containerfile", null, "dockerfile-missing")]
    [InlineData("../Dockerfile", null, "dockerfile-outside")]
    [InlineData("/etc/passwd", null, "dockerfile-outside")]
    [InlineData(null, "cobol", "stack-unknown")]
    [InlineData(null, null, "no-build")]
    public void What_cannot_be_built_is_said(string? dockerfile, string? stack, string code)
    {
        using var source = Source("notes.txt=nothing to build");

        var error = ImageBuilder.Plan(source.Path, new BuildDefinition { Dockerfile = dockerfile, Stack = stack }).Error;

        Assert.Equal(code, error?.Code);
        Assert.NotNull(error!.Hint);
    }

    private static SourceFolder Source(string files) =>
        new([.. files.Split('|').Select(file => file.Split('=', 2)).Select(parts => (parts[0], parts[1]))]);
}
