package io.heatsink.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PositionTest {

  @Test
  void readsWhereServersAre() {
    String primary =
        "# Replication\r\nrole:master\r\nmaster_replid:ab\r\nmaster_repl_offset:12\r\n";
    assertThat(Position.of(primary)).isEqualTo(new Position(true, true, "ab", 12));
    String replica =
        """
        role:slave
        master_link_status:up
        slave_repl_offset:11
        master_replid:ab
        master_repl_offset:13
        """;
    assertThat(Position.of(replica)).isEqualTo(new Position(false, true, "ab", 11));
    assertThat(Position.of(replica.replace(":up", ":down")))
        .isEqualTo(new Position(false, false, "ab", 11));
  }

  @Test
  void knowsNothingWhereNothingIsSaid() {
    assertThat(Position.of("")).isNull();
    assertThat(Position.of("role:slave\r\nmaster_replid:ab\r\nslave_repl_offset:-1\r\n")).isNull();
  }
}
