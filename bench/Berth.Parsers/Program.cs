using System.Globalization;
using Berth.Parsers;

// berth-parsers fuzz CASES [INPUTS] [SEED] · scaling · hostile
return args switch
{
    ["fuzz", var cases, .. var rest] => Fuzz.Run(Console.Out, cases, Number(rest, 0, 1_000_000), (int)Number(rest, 1, 1)) ? 0 : 1,
    ["scaling"] => Scaled(),
    ["hostile"] => Hostile.Run(Console.Out) ? 0 : 1,
    _ => Usage(),
};

static long Number(string[] words, int index, long usual) => index < words.Length ? long.Parse(words[index], CultureInfo.InvariantCulture) : usual;

static int Scaled()
{
    Scaling.Run(Console.Out);
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("usage: fuzz CASES [INPUTS] [SEED] | scaling | hostile");
    return 2;
}
