using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Berth.Control.Store;

/// <summary>
/// The few things that the store does with a connection: a statement with named parameters (<c>@name</c>), its rows, its one value. A mapper library
/// would cost the idle server about a tenth of its memory (docs/adr/0008).
/// </summary>
internal static class Sql
{
    /// <summary>Returns how many rows were touched.</summary>
    public static int Execute(this SqliteConnection db, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(db, sql, parameters);
        return command.ExecuteNonQuery();
    }

    public static List<T> Query<T>(this SqliteConnection db, string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(db, sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(map(reader));
        return rows;
    }

    /// <summary>The first row's first column; null if there is no row or it is NULL.</summary>
    public static string? Text(this SqliteConnection db, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(db, sql, parameters);
        return command.ExecuteScalar() is { } value and not DBNull ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>As <see cref="Text"/>, as a number.</summary>
    public static long? Number(this SqliteConnection db, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Text(db, sql, parameters) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    public static string? TextOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>A column of Unix milliseconds.</summary>
    public static DateTimeOffset Time(this SqliteDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? TimeOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    private static SqliteCommand Command(SqliteConnection db, string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = db.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
