namespace Berth.EndToEnd.Tests.Running;

/// <summary>
/// Lets the Rails commands of the reference pages run unmodified without Rails: a program <c>bundle</c> that does what they stand for. A server
/// that shows its port and the environment's greeting, and a worker that works.
/// </summary>
public static class RubyStandIn
{
    public static (string Path, string Text) Bundle => ("bundle", """
        #!/bin/sh
        case "$*" in
            "exec rails server") port=3000 ;;
            "exec rails server -p "*) port=$5 ;;
            "exec rake jobs:work") echo "rake works"; trap exit TERM; while :; do sleep 1 & wait; done ;;
            *) echo "bundle: unknown words: $*" >&2; exit 1 ;;
        esac
        echo "rails on port $port" >/www/index.html
        exec httpd -f -p "$port" -h /www

        """);

    public static (string Path, string Text) Dockerfile(TinyImage image) =>
        ("Dockerfile", $"FROM {image.Reference}\nCOPY bundle /bin/bundle\nRUN chmod 755 /bin/bundle\n");
}
