using Berth.Builds.Dockerfiles;

namespace Berth.Builds.Tests.Dockerfiles;

public sealed class BaseImagesTests
{
    [Theory]
    [InlineData("FROM stack/python", "stack/python")]
    [InlineData("# comment\n  from --platform=linux/amd64 a:1 as build\r\nFROM build\nCOPY --from=build x y\nCOPY --chown=a --from=b:2 x y", "a:1 b:2")]
    [InlineData("FROM scratch\nCOPY --from=0 a b", "")]
    [InlineData("ARG BASE=stack/ruby\nARG TAG=\"3\"\nFROM ${BASE}\nFROM other:$TAG", "stack/ruby other:3")]
    [InlineData("ARG BASE\nFROM $BASE", "")]
    [InlineData("RUN echo FROM nowhere", "")]
    public void The_images_a_dockerfile_needs_are_found(string dockerfile, string images) =>
        Assert.Equal(images, string.Join(' ', BaseImages.In(dockerfile)));
}
