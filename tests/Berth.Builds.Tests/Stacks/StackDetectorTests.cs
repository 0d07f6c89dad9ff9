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
    // A package file outweighs source code; among package files the table's order counts.
    [InlineData("package.json={}|tools.py=", "node", null)]
    [InlineData("package.json={}|requirements.txt=flask", "python", null)]
    public void A_source_is_recognised(string files, string stack, string? command)
    {
        using var source = Source(files);

        var plan = ImageBuilder.Plan(source.Path, new BuildDefinition());

        Assert.Null(plan.Error);
        Assert.Equal((stack, command), (plan.Stack, plan.DefaultWebCommand));
        Assert.Equal($"stack/{stack}", plan.BaseImage);
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
