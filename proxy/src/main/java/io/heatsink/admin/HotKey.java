package io.heatsink.admin;

/**
 * One hot key as {@code /hotkeys} shows it.
 *
 * @param key its name, fit to be shown
 * @param database the database it is in
 * @param heat what it is hot by, such as {@code read} or {@code write}
 * @param rate commands a second, estimated
 * @param error by how much {@code rate} may be wrong, commands a second
 * @param share of all commands, 0 to 1
 */
public record HotKey(
    KeyName key, int database, String heat, double rate, double error, double share) {}
