using System.Text;
using Berth.Model;
using Berth.Testing;

namespace Berth.Builds.Tests;

/// <summary>Apps with dependencies, built for real. Where a language's registry is out of reach, the dependency lies in the source.</summary>
public sealed class RealStackTests(SharedStacks stacks)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_package_of_npm() => BuildsAsync(
        "test \"$(node -p \"require('ms')('1h')\")\" = 3600000 && ! command -v gcc",
        ("package.json", """{ "dependencies": { "ms": "2.1.3" } }"""), ("server.js", ""));

    [Fact]
    public Task A_gem_of_the_source() => BuildsAsync(
        "test \"$(bundle exec ruby -e 'require %q(greeter); puts GREETING')\" = hello && ! command -v gcc",
        ("Gemfile", "source 'https://rubygems.org'\ngem 'greeter', path: 'greeter'\n"),
        ("greeter/greeter.gemspec", "Gem::Specification.new { |s| s.name = 'greeter'; s.version = '1.0'; s.summary = 'x'; s.authors = ['x']; s.files = ['lib/greeter.rb'] }"),
        ("greeter/lib/greeter.rb", "GREETING = 'hello'"),
        ("app.rb", ""));

    [Fact]
    public Task A_package_of_composer_from_the_source() => BuildsAsync(
        "test \"$(php -r 'require \"vendor/autoload.php\"; echo Greeter\\Greeter::HELLO;')\" = hello",
        ("composer.json", """{ "repositories": [{ "type": "path", "url": "greeter", "options": { "symlink": false } }, { "packagist.org": false }], "require": { "mine/greeter": "*" } }"""),
        ("greeter/composer.json", """{ "name": "mine/greeter", "version": "1.0.0", "autoload": { "psr-4": { "Greeter\\": "" } } }"""),
        ("greeter/Greeter.php", "<?php namespace Greeter; class Greeter { const HELLO = 'hello'; }"),
        ("index.php", ""));

    [Fact]
    public Task A_python_module_that_is_compiled() => BuildsAsync(
        "test \"$(python -c 'import greeter; print(greeter.hello())')\" = hello && ! command -v gcc",
        ("requirements.txt", "--no-index\n./greeter\n"),
        ("greeter/setup.py", "from setuptools import setup, Extension\nsetup(name='greeter', version='1.0', ext_modules=[Extension('greeter', ['greeter.c'])])\n"),
        ("greeter/greeter.c", """
            #include <Python.h>
            static PyObject *hello(PyObject *self, PyObject *none) { return PyUnicode_FromString("hello"); }
            static PyMethodDef methods[] = {{"hello", hello, METH_NOARGS, ""}, {0}};
            static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "greeter", 0, -1, methods};
            PyMODINIT_FUNC PyInit_greeter(void) { return PyModule_Create(&module); }
            """),
        ("app.py", ""));

    [Fact]
    public Task Go_with_commands_and_a_vendored_module() => BuildsAsync(
        "test \"$(bin/web)\" = hello && bin/import && ! command -v go",
        ("go.mod", "module example.com/shop\n\ngo 1.21\n\nrequire example.com/greeter v1.0.0\n"),
        ("go.sum", ""),
        ("vendor/modules.txt", "# example.com/greeter v1.0.0\n## explicit; go 1.21\nexample.com/greeter\n"),
        ("vendor/example.com/greeter/greeter.go", "package greeter\n\nconst Hello = \"hello\"\n"),
        ("cmd/web/main.go", "package main\n\nimport \"example.com/greeter\"\n\nfunc main() { println2(greeter.Hello) }\n"),
        ("cmd/web/print.go", "package main\n\nimport \"fmt\"\n\nfunc println2(s string) { fmt.Println(s) }\n"),
        ("cmd/import/main.go", "package main\n\nfunc main() {}\n"));

    /// <summary>A wrapper of the app's own stands in for Maven, whose plugins come from a registry that may be out of reach.</summary>
    [Fact]
    public Task Java_by_the_app_s_wrapper() => BuildsAsync(
        "test \"$(java -jar app.jar)\" = hello && ! command -v javac",
        ("pom.xml", "<project/>"),
        ("mvnw", "case \"$*\" in *package) mkdir -p target && javac -d target Main.java && touch target/app-sources.jar && jar cfe target/app-1.0.jar Main -C target Main.class;; esac\n"),
        ("Main.java", "public class Main { public static void main(String[] a) { System.out.println(\"hello\"); } }\n"));

    [Fact]
    public Task A_package_of_nuget() => BuildsAsync(
        "test -f Newtonsoft.Json.dll && ! dotnet --list-sdks | grep .",
        ("shop.csproj", "<Project Sdk='Microsoft.NET.Sdk.Web'><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup><PackageReference Include='Newtonsoft.Json' Version='13.0.3' /></ItemGroup></Project>"),
        ("Program.cs", "System.Console.WriteLine(Newtonsoft.Json.JsonConvert.SerializeObject(1));"));

    /// <param name="check">Run in the finished image, as the app's user.</param>
    private async Task BuildsAsync(string check, params (string Path, string Text)[] files)
    {
        await using var engine = RealEngine.Connect();
        using var source = new SourceFolder(files);
        var output = new StringBuilder();
        var builder = new ImageBuilder(engine.Images, stacks.Connect(), new BuildOptions(), TimeProvider.System);
        var request = new BuildRequest { App = engine.Options.Owner, SourceDirectory = source.Path, Definition = new BuildDefinition { OnBuild = [check] }, DeploymentId = "dep-1" };

        var result = await builder.BuildAsync(request, piece => output.Append(piece), Ct);

        Assert.True(result.Error is null, $"{result.Error}\n{output}");
    }
}
