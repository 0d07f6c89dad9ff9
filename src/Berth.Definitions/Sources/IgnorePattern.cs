namespace Berth.Definitions.Sources;

/// <summary>
/// One compiled glob of an ignore file: <c>?</c>, <c>*</c> and <c>[…]</c> stay inside a path segment, <c>**</c> crosses them.
/// Matching takes at most (pattern × path) steps, so no pattern can be made to hang a deploy.
/// </summary>
internal sealed class IgnorePattern
{
    private enum TokenKind
    {
        /// <summary>One character, or the next path separator.</summary>
        Literal,

        /// <summary><c>?</c></summary>
        AnyOne,

        /// <summary><c>[a-z]</c></summary>
        Class,

        /// <summary><c>*</c>: any run without a separator.</summary>
        Star,

        /// <summary><c>**/</c>: no folder, or any number of whole ones.</summary>
        Folders,

        /// <summary><c>**</c>: any run, separators included.</summary>
        Everything,
    }

    private readonly record struct Token(TokenKind Kind, char Character = '\0', CharacterClass? Class = null);

    private readonly Token[] _tokens;

    private IgnorePattern(Token[] tokens) => _tokens = tokens;

    /// <summary>Null where the glob can match nothing (an open bracket, a trailing backslash), as git has it.</summary>
    public static IgnorePattern? Compile(string glob)
    {
        var tokens = new List<Token>(glob.Length);
        for (int i = 0; i < glob.Length; i++)
        {
            switch (glob[i])
            {
                case '\\':
                    if (++i == glob.Length)
                        return null;
                    tokens.Add(new Token(TokenKind.Literal, glob[i]));
                    break;
                case '?':
                    tokens.Add(new Token(TokenKind.AnyOne));
                    break;
                case '[':
                    if (CharacterClass.Read(glob, ref i) is not { } set)
                        return null;
                    tokens.Add(new Token(TokenKind.Class, Class: set));
                    break;
                case '*':
                    tokens.Add(new Token(ReadStars(glob, ref i)));
                    break;
                default:
                    tokens.Add(new Token(TokenKind.Literal, glob[i]));
                    break;
            }
        }
        return new IgnorePattern([.. tokens]);
    }

    public bool Matches(ReadOnlySpan<char> path)
    {
        // Only the last star and the last wide token (** in either form) can need another try: a later one reaches
        // every position that an earlier one could have opened up.
        int token = 0, at = 0;
        int starToken = -1, starAt = 0, wideToken = -1, wideAt = 0;
        while (true)
        {
            if (token == _tokens.Length && at == path.Length)
                return true;
            if (token < _tokens.Length)
            {
                switch (_tokens[token].Kind)
                {
                    case TokenKind.Star:
                        (starToken, starAt) = (token++, at);
                        continue;
                    case TokenKind.Folders or TokenKind.Everything:
                        (wideToken, wideAt, starToken) = (token++, at, -1);
                        continue;
                    default:
                        if (at < path.Length && MatchesOne(_tokens[token], path[at]))
                        {
                            token++;
                            at++;
                            continue;
                        }
                        break;
                }
            }
            if (starToken >= 0 && starAt < path.Length && path[starAt] != '/')
                (token, at) = (starToken + 1, ++starAt);
            else if (wideToken >= 0 && Widen(path, ref wideAt, _tokens[wideToken].Kind))
                (token, at, starToken) = (wideToken + 1, wideAt, -1);
            else
                return false;
        }
    }

    private static bool Widen(ReadOnlySpan<char> path, ref int wideAt, TokenKind kind)
    {
        if (wideAt >= path.Length)
            return false;
        var step = kind == TokenKind.Everything ? 0 : path[wideAt..].IndexOf('/');
        if (step < 0)
            return false;
        wideAt += step + 1;
        return true;
    }

    private static bool MatchesOne(Token token, char character) => token.Kind switch
    {
        TokenKind.Literal => token.Character == character,
        TokenKind.AnyOne => character != '/',
        _ => character != '/' && token.Class!.Contains(character),
    };

    private static TokenKind ReadStars(string glob, ref int i)
    {
        int first = i;
        while (i + 1 < glob.Length && glob[i + 1] == '*')
            i++;
        if (i == first)
            return TokenKind.Star;
        if ((first == 0 || glob[first - 1] == '/') && i + 1 < glob.Length && glob[i + 1] == '/')
        {
            i++;
            return TokenKind.Folders;
        }
        return TokenKind.Everything;
    }

    private sealed class CharacterClass(List<(char From, char To)> ranges, bool negated)
    {
        public bool Contains(char character) =>
            ranges.Any(range => character >= range.From && character <= range.To) != negated;

        /// <summary>Reads from the bracket at <paramref name="i"/> and leaves it on the closing one; null where there is none.</summary>
        public static CharacterClass? Read(string glob, ref int i)
        {
            int at = i + 1;
            bool negated = at < glob.Length && glob[at] is '!' or '^';
            if (negated)
                at++;
            var ranges = new List<(char, char)>();
            for (bool first = true; at < glob.Length; first = false)
            {
                if (glob[at] == ']' && !first)
                {
                    i = at;
                    return new CharacterClass(ranges, negated);
                }
                if (ReadCharacter(glob, ref at) is not { } from)
                    return null;
                var to = from;
                if (at + 1 < glob.Length && glob[at] == '-' && glob[at + 1] != ']')
                {
                    at++;
                    if (ReadCharacter(glob, ref at) is not { } end)
                        return null;
                    to = end;
                }
                ranges.Add((from, to));
            }
            return null;
        }

        private static char? ReadCharacter(string glob, ref int at)
        {
            if (glob[at] == '\\' && ++at == glob.Length)
                return null;
            return glob[at++];
        }
    }
}
