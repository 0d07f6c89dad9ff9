using Berth.Control.Operations;

namespace Berth.Control.Disks;

/// <summary>A disk cannot be had or made. The error names the disk, the reason and what to do.</summary>
public sealed class DiskException(OperationError error) : Exception(error.Message)
{
    public OperationError Error => error;
}
