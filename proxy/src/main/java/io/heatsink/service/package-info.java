/**
 * What a process that serves owes to the system around it: signals, and word to the service
 * manager. Knows no other room.
 */
@NullMarked
package io.heatsink.service;

import org.jspecify.annotations.NullMarked;
