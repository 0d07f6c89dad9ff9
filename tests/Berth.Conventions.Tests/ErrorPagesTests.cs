using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Berth.Conventions.Tests;

/// <summary>
/// <c>docs/errors.md</c> has an entry for each code that any of the catalogues of messages can give. It is written here, by calling every message with
/// the names of its parameters in place of values: <c>BERTH_WRITE_DOCS=1 ./test conventions</c>.
/// </summary>
public sealed class ErrorPagesTests
{
    private static readonly string[] Rooms = ["Berth.Definitions", "Berth.Builds", "Berth.Control", "berthd"];

    [Fact]
    public async Task Every_code_has_its_page()
    {
        var ct = TestContext.Current.CancellationToken;
        var written = Page(Messages());
        var file = Tree.File("docs", "errors.md");

        if (Environment.GetEnvironmentVariable("BERTH_WRITE_DOCS") == "1")
            await File.WriteAllTextAsync(file, written, ct);

        Assert.Equal(await File.ReadAllTextAsync(file, ct), written);
    }

    private sealed record Message(string Room, string Code, string Text, string? Hint);

    private static IEnumerable<Message> Messages() =>
        from room in Rooms
        from type in Assembly.Load(room).GetTypes()
        where type is { IsAbstract: true, IsSealed: true } && (type.Name.EndsWith("Messages", StringComparison.Ordinal) || type.Name.EndsWith("Errors", StringComparison.Ordinal))
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        where method.ReturnType.GetProperty("Code") is not null && !method.IsPrivate
        select Sample(room, method);

    private static Message Sample(string room, MethodInfo method)
    {
        var result = method.Invoke(null, [.. method.GetParameters().Select(Value)])!;
        return new(room, (string)Get("Code")!, (string)Get("Message")!, (string?)Get("Hint"));

        object? Get(string property) => result.GetType().GetProperty(property)?.GetValue(result);
    }

    /// <summary>What shows in the message where the value would stand.</summary>
    private static object? Value(ParameterInfo parameter) => Value(parameter.ParameterType, parameter.Name!.ToUpperInvariant());

    private static object? Value(Type type, string name)
    {
        if (type == typeof(string))
            return name;
        if (type.IsAssignableFrom(typeof(List<string>)) || type == typeof(string[]))
            return type == typeof(string[]) ? new[] { name } : new List<string> { name };
        if (type == typeof(TimeSpan))
            return TimeSpan.FromMinutes(10);
        if (type == typeof(char))
            return '?';
        if (type.IsPrimitive)
            return type == typeof(bool) ? true : Convert.ChangeType(3, type, CultureInfo.InvariantCulture);
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(0);
        if (type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)))
        {
            var item = type.GetGenericArguments()[0];
            var items = Array.CreateInstance(item, 1);
            items.SetValue(Value(item, name), 0);
            return items;
        }
        if (type.IsAbstract)
            type = type.Assembly.GetTypes().Where(t => t.IsSubclassOf(type) && !t.IsAbstract).MinBy(t => t.Name, StringComparer.Ordinal)!;
        // A record or an exception: made of values like these, but not of another of its own kind.
        var constructor = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(c => c.GetParameters().All(p => p.ParameterType != type)).MinBy(c => c.GetParameters().Length);
        return constructor is null ? Activator.CreateInstance(type) : constructor.Invoke([.. constructor.GetParameters().Select(Value)]);
    }

    private static string Page(IEnumerable<Message> messages)
    {
        var text = new StringBuilder("""
            # Errors and warnings

            Each has a code, which does not change and is what scripts should look at: `code` of a diagnostic in JSON, the end of `type` in the API's problem
            details. Words in capitals stand for names and values. This page is written from the messages themselves.

            """);
        foreach (var code in messages.DistinctBy(m => (m.Code, m.Text)).GroupBy(m => m.Code).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {code.Key}\n");
            foreach (var message in code)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n{Escaped(message.Text)}\n");
                if (message.Hint is { } hint)
                    text.Append(CultureInfo.InvariantCulture, $"\nInstead: {Escaped(hint)}\n");
            }
        }
        return text.ToString();
    }

    private static string Escaped(string text) => text.ReplaceLineEndings(" ").Replace("<", "\\<", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal);
}
