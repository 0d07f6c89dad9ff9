using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>
/// Reads a service's ports: <c>port</c> with <c>port_name</c> and <c>port_type</c>, or <c>[[services.NAME.ports]]</c>. One of them is the
/// service's port; the others need nothing, since within an app's network all ports are reachable.
/// </summary>
internal static class PortReader
{
    private static readonly string[] Scalars = ["port", "port_name", "port_type"];
    private static readonly string[] Types = ["http", "tcp", "udp"];

    /// <summary>The port for HTTP; else, of a service that takes none from outside, the first for TCP. Null: none.</summary>
    public static int? Read(TomlSection section, string service)
    {
        var ports = section.Sections("ports", AppTomlSchema.Port);
        if (!section.Has("ports"))
            return ReadScalar(section, service);
        foreach (var key in Scalars.Where(section.Has))
            section.Error(key, DefinitionMessages.PortAndPorts(section.Qualified(key), section.Qualified("ports")));
        var read = ports.Select(ReadOne).ToList();
        RefuseTwins(ports, read);
        var http = read.FindIndex(port => port.Type == "http");
        var second = http < 0 ? -1 : read.FindIndex(http + 1, port => port.Type == "http");
        if (second >= 0)
            ports[second].Error("type", DefinitionMessages.SecondHttpPort(ports[second].Path, ports[http].Path));
        if (Names.IsRoutable(service) && http < 0 && ports.Count > 0)
            section.Error("ports", DefinitionMessages.NoHttpPort(section.Path));
        return http >= 0 ? read[http].Number : read.Find(port => port.Type == "tcp").Number;
    }

    private static int? ReadScalar(TomlSection section, string service)
    {
        section.Text("port_name");
        if (section.Choice("port_type", Types) is { } type && type != "http" && Names.IsRoutable(service))
            section.Error("port_type", DefinitionMessages.NoHttpPort(section.Path));
        return section.Count("port", AppTomlRanges.MinPort, AppTomlRanges.MaxPort);
    }

    private static (int? Number, string Type, string? Name) ReadOne(TomlSection port)
    {
        foreach (var (key, example) in new[] { ("port", "port = 8000"), ("name", "name = \"http\"") })
        {
            if (!port.Has(key))
                port.Error(key, DefinitionMessages.MissingKey(port.Path, key, example));
        }
        // 0 stands for none in files that others wrote.
        if (port.Count("node_port", 0, AppTomlRanges.MaxPort) > 0)
            port.Error("node_port", DefinitionMessages.RefusedKey(port.Qualified("node_port"), AppTomlSchema.NodePort));
        return (port.Count("port", AppTomlRanges.MinPort, AppTomlRanges.MaxPort), port.Choice("type", Types) ?? "http", port.Word("name"));
    }

    /// <summary>HTTP is TCP; the same number for TCP and UDP is two ports.</summary>
    private static void RefuseTwins(IReadOnlyList<TomlSection> sections, IReadOnlyList<(int? Number, string Type, string? Name)> ports)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<(int, bool)>();
        for (int i = 0; i < ports.Count && !sections[i].IsFull; i++)
        {
            if (ports[i].Name is { } name && !names.Add(name))
                sections[i].Error("name", DefinitionMessages.PortTwice(sections[i].Qualified("name"), $"\"{SourceText.Shown(name)}\""));
            if (ports[i].Number is { } number && !numbers.Add((number, ports[i].Type == "udp")))
                sections[i].Error("port", DefinitionMessages.PortTwice(sections[i].Qualified("port"), $"{number}"));
        }
    }
}
