using System.Text.Json.Serialization;

namespace Berth.Builds.Stacks;

[JsonSerializable(typeof(string))]
internal sealed partial class TextJson : JsonSerializerContext;
