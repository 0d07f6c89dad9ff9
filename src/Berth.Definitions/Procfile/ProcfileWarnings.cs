namespace Berth.Definitions.Procfile;

/// <summary>What Berth reads in one way and other platforms in another: the file works here, but may not do what its writer thinks.</summary>
internal static class ProcfileWarnings
{
    public static void Add(FileDiagnostics diagnostics, ProcfileEntry entry, int commandStart)
    {
        var command = entry.Command;
        if (diagnostics.Source.Text[commandStart - 1] == ':')
            diagnostics.Warning(commandStart, DefinitionMessages.ProcfileNoBlank(entry.Name, command));
        if (command[0] == ':')
            diagnostics.Warning(commandStart, DefinitionMessages.ProcfileTwoColons(entry.Name, command));
        if (IsOneQuotedText(command))
            diagnostics.Warning(commandStart, DefinitionMessages.ProcfileQuotedCommand(command[0]));
        if (command[^1] == '\\')
            diagnostics.Warning(commandStart + command.Length - 1, DefinitionMessages.ProcfileBackslash());
        foreach (var mark in new[] { " #", " //" })
        {
            int comment = command.IndexOf(mark, StringComparison.Ordinal);
            if (comment >= 0)
                diagnostics.Warning(commandStart + comment + 1, DefinitionMessages.ProcfileInlineComment(mark.TrimStart()));
        }
    }

    /// <summary>Several words between one pair of quotes: to a shell that is one word, the name of a program that does not exist.</summary>
    private static bool IsOneQuotedText(string command) =>
        command.Length > 2 && command[0] is '"' or '\'' && command.IndexOf(command[0], 1) == command.Length - 1 && command.Contains(' ', StringComparison.Ordinal);
}
