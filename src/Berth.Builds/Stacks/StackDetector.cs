namespace Berth.Builds.Stacks;

/// <summary>Tells what a source is made of. A package file decides before mere source code; among equals, the order of the table.</summary>
public static class StackDetector
{
    // Apps of every other language have a package.json beside their own file, for what the browser gets; only then Node.
    private static readonly IStack[] Stacks =
    [
        new PythonStack(), new RubyStack(), new PhpStack(), new GoStack(), new DotnetStack(), new JavaStack(), new RustStack(), new NodeStack(), new StaticStack(),
    ];

    /// <summary>Names that may be asked for.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Stacks.Select(stack => stack.Name)];

    /// <summary>Everything that was recognised, the chosen one first; empty: nothing was.</summary>
    public static IReadOnlyList<StackMatch> Detect(ISourceFiles files) =>
        [.. Stacks.Select(stack => stack.Detect(files)).OfType<StackMatch>().OrderByDescending(match => match.ByPackageFile)];

    internal static IStack? Find(string name) => Stacks.FirstOrDefault(stack => stack.Name == name);
}
