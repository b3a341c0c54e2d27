package io.heatsink.benchmarks.load;

/**
 * One run of a load on a subject. Immutable; NaN where a figure is not to be had.
 *
 * @param proxyMicros CPU of the proxy a command, which is also seconds a million commands
 * @param backendMicros CPU of the backend a command
 * @param residentMegabytes of the proxy, or of the backend where there is none
 * @param backendCommands executed by the backend for each command of a client
 * @param others part of this machine's CPU that went to neither of these nor the generator
 */
record Sample(
    Load load,
    String subject,
    double perSecond,
    double p50Millis,
    double p99Millis,
    double proxyMicros,
    double backendMicros,
    double residentMegabytes,
    double backendCommands,
    double others) {}
