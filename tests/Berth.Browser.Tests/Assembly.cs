using Berth.Browser.Tests;

[assembly: AssemblyFixture(typeof(SharedDashboard))]
