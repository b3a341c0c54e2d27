package io.heatsink.session;

import io.heatsink.access.UserList;
import io.heatsink.client.Pauses;
import io.heatsink.command.CommandTable;
import io.heatsink.command.LaneClock;
import io.heatsink.detect.HotKeyPeriod;
import io.heatsink.detect.HotKeys;
import io.heatsink.journal.SlowLog;
import io.heatsink.metrics.LaneStats;
import io.heatsink.reply.LaneReplies;
import io.heatsink.resp.RespLimits;
import io.heatsink.route.Router;
import io.heatsink.upstream.Links;
import io.heatsink.upstream.PipeKey;
import io.heatsink.upstream.Users;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the sessions of one lane share.
 *
 * @param clients those of all lanes
 * @param own those of this lane
 * @param facts what Heatsink as a whole has to tell of itself: texts and {@code Long}s
 * @param logins who may connect where Heatsink itself judges that; null where the backend does
 * @param greeting how a client that has said nothing is known to the backend
 * @param freshNameSuffix of the names of clients whose reads are to be fresh; empty for none
 * @param maxPipeline unanswered commands of one client that comes next
 * @param reloads reads the configuration anew
 * @param suggestions settings that fit what was counted, over all lanes, and seen
 */
public record LaneContext(
    Supplier<CommandTable> commands,
    Router router,
    Links pipes,
    Users users,
    Clients clients,
    Clients.OfLane own,
    Pauses pauses,
    HotKeys hotKeys,
    HotKeyPeriod period,
    SlowLog slow,
    Supplier<Map<String, Object>> facts,
    @Nullable Supplier<UserList> logins,
    PipeKey greeting,
    LaneClock clock,
    LaneStats stats,
    LaneReplies replies,
    RespLimits limits,
    String freshNameSuffix,
    IntSupplier maxPipeline,
    Reloads reloads,
    Function<LaneStats, String> suggestions) {

  private static final String SINCE_7_2 = "waitaof";

  /** Whether the backend is known to be an older Redis than 7.2. */
  boolean isBeforeSeven2() {
    CommandTable table = commands.get();
    return table.isTold() && !table.knows(SINCE_7_2);
  }
}
