using Berth.Model;

namespace Berth.Definitions;

/// <summary>The port that a sandbox is told to listen on (SPEC section 3).</summary>
public static class ServicePort
{
    /// <summary>What the files say; else, for a routable service, the image's single EXPOSEd TCP port, else the default. Null: none, and no <c>PORT</c>.</summary>
    /// <param name="image">The service's own image if it has one, else the app's.</param>
    public static int? Resolve(ServiceDefinition service, ImageInfo image)
    {
        if (service.Port is not null || !service.IsRoutable)
            return service.Port;
        return image.ExposedTcpPorts.Count == 1 ? image.ExposedTcpPorts[0] : service.DefaultPort;
    }
}
