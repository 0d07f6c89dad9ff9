global using Berth.EndToEnd.Tests.Running;

[assembly: AssemblyFixture(typeof(SharedServer))]
