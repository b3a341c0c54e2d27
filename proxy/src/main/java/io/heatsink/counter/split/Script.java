package io.heatsink.counter.split;

import io.heatsink.resp.Replies;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The steps, each atomic in one slot. Their texts are part of the protocol between sidecars. */
enum Script {

  /**
   * Keys: heads, then what the command names; args: number of heads, the command. An increment's
   * number that Lua cannot tell exactly is answered as a string. A deadline that is to be set only
   * where there is none changes nothing where there is one, split or not.
   */
  GATE(
      """
      local function is_idle()
        if #ARGV ~= 5 or string.lower(ARGV[5]) ~= 'nx' then return false end
        local c = string.lower(ARGV[2])
        return (c == 'expire' or c == 'pexpire' or c == 'expireat' or c == 'pexpireat')
          and string.match(ARGV[4], '^%-?[1-9]%d?%d?%d?%d?%d?%d?%d?%d?%d?%d?%d?%d?$')
          and redis.call('PTTL', ARGV[3]) >= 0
      end
      for i = 1, tonumber(ARGV[1]) do
        local s = redis.call('HGET', KEYS[i], 's')
        if s and s ~= 'o' then
          if is_idle() then return 0 end
          return redis.error_reply('HEATSINKSPLIT ' .. i)
        end
      end
      local r = redis.pcall(unpack(ARGV, 2))
      if type(r) == 'number' and math.abs(r) >= 9007199254740992 then
        if ARGV[5] then return redis.call('HGET', ARGV[3], ARGV[4]) end
        return redis.call('GET', ARGV[3])
      end
      return r
      """),
  /** Keys: head, base, floor. */
  LOOK(
      """
      local h = redis.call('HMGET', KEYS[1], 's', 'e', 'n', 'v', 'w', 'm', 'k')
      local f = redis.call('GET', KEYS[3])
      local b = redis.pcall('GET', KEYS[2])
      if type(b) == 'table' then
        if not h[1] then b = false else return b end
      end
      return {h[1] or '', h[2] or '0', h[3] or '0', h[4] or '0', h[5] or '', f or '0', b,
        h[6] or '0', h[7] or '0'}
      """),
  /** Keys: head, base, floor; args: shards, name, version. Answers epoch and expiry. */
  OPEN(
      """
      %s
      if redis.call('EXISTS', KEYS[1]) == 1 then
        return redis.error_reply('HEATSINKLATE open')
      end
      if not fit(KEYS[2]) then return redis.error_reply('HEATSINKUNFIT base') end
      local t = redis.call('TIME')
      local f = tonumber(redis.call('GET', KEYS[3]) or '0')
      local e = string.format('%%.0f', math.max(t[1] * 1000000 + t[2], f + 1))
      local x = expiry(KEYS[2])
      redis.call('SET', KEYS[3], e)
      redis.call('HSET', KEYS[1], 's', 'o', 'e', e, 'n', ARGV[1], 'w', ARGV[2], 'v', ARGV[3])
      if x > 0 then redis.call('PEXPIREAT', KEYS[1], string.format('%%.0f', x)) end
      return {e, string.format('%%.0f', x)}
      """
          .formatted(Script.FIT)),
  /** Keys: shard; args: epoch, expiry. */
  INIT(
      """
      local h = redis.call('HGET', KEYS[1], 'e')
      if h and tonumber(h) > tonumber(ARGV[1]) then
        return redis.error_reply('HEATSINKLATE init')
      end
      if h == ARGV[1] then return 0 end
      redis.call('DEL', KEYS[1])
      redis.call('HSET', KEYS[1], 'e', ARGV[1], 'n', 0)
      if tonumber(ARGV[2]) > 0 then redis.call('PEXPIREAT', KEYS[1], ARGV[2]) end
      return 1
      """),
  /** Keys: head, base; args: epoch, expiry. */
  ACTIVATE(
      """
      %s
      local h = redis.call('HMGET', KEYS[1], 's', 'e')
      if h[2] ~= ARGV[1] then return redis.error_reply('HEATSINKLATE activate') end
      if h[1] == 's' then return 1 end
      if fit(KEYS[2]) and math.abs(expiry(KEYS[2]) - tonumber(ARGV[2])) < 10 then
        redis.call('HSET', KEYS[1], 's', 's')
        return 1
      end
      redis.call('DEL', KEYS[1])
      return redis.error_reply('HEATSINKUNFIT changed')
      """
          .formatted(Script.FIT)),
  /** Keys: head; args: epoch. */
  ABORT(
      """
      local h = redis.call('HMGET', KEYS[1], 's', 'e')
      if h[1] == 'o' and h[2] == ARGV[1] then return redis.call('DEL', KEYS[1]) end
      return 0
      """),
  /** Keys: shard; args: epoch, by how much, whether by something else than ones. */
  INCREMENT(
      """
      local h = redis.call('HMGET', KEYS[1], 'e', 'z', 'n')
      if h[1] ~= ARGV[1] or h[2] then return redis.error_reply('HEATSINKGONE shard') end
      if math.abs(tonumber(h[3])) > 2e15 then return redis.error_reply('HEATSINKGONE full') end
      if ARGV[3] == '1' then redis.call('HINCRBY', KEYS[1], 'u', 1) end
      return redis.call('HINCRBY', KEYS[1], 'n', ARGV[2])
      """),
  /** Keys: shard; args: epoch. Answers the amount, which changes no more. */
  SEAL(
      """
      local h = redis.call('HMGET', KEYS[1], 'e', 'z', 'n')
      if h[1] ~= ARGV[1] then return redis.error_reply('HEATSINKGONE shard') end
      if not h[2] then redis.call('HSET', KEYS[1], 'z', 1) end
      return h[3]
      """),
  /**
   * Keys: head, base; args: epoch, what all shards hold. What the base has of that already is taken
   * off first, as digits: Lua's numbers are not exact enough.
   */
  APPLY(
      """
      %s
      local function negative(n)
        return string.sub(n, 1, 1) == '-' and string.sub(n, 2) or '-' .. n
      end
      local h = redis.call('HMGET', KEYS[1], 's', 'e', 'm')
      if h[1] ~= 's' or h[2] ~= ARGV[1] then return redis.error_reply('HEATSINKGONE head') end
      local m = h[3] or '0'
      if ARGV[2] ~= m then
        local there = redis.call('EXISTS', KEYS[2])
        local r = m == '0' or redis.pcall('INCRBY', KEYS[2], negative(m))
        if type(r) == 'table' then return r end
        r = redis.pcall('INCRBY', KEYS[2], ARGV[2])
        if type(r) == 'table' then
          if m ~= '0' then redis.call('INCRBY', KEYS[2], m) end
          return r
        end
        inherit(there)
      end
      redis.call('DEL', KEYS[1])
      return 1
      """
          .formatted(Script.INHERIT)),
  /**
   * Keys: head, base; args: epoch, how often this was done before, by how much more, of what the
   * shards hold, is to be in the base, and how much that makes.
   */
  KEEP(
      """
      %s
      local h = redis.call('HMGET', KEYS[1], 's', 'e', 'k')
      if h[1] ~= 's' or h[2] ~= ARGV[1] or (h[3] or '0') ~= ARGV[2] then
        return redis.error_reply('HEATSINKGONE head')
      end
      local there = redis.call('EXISTS', KEYS[2])
      local r = redis.pcall('INCRBY', KEYS[2], ARGV[3])
      if type(r) == 'table' then return r end
      inherit(there)
      redis.call('HSET', KEYS[1], 'm', ARGV[4])
      return redis.call('HINCRBY', KEYS[1], 'k', 1)
      """
          .formatted(Script.INHERIT)),
  /** Keys: keeper; args: who asks, lease in ms. Answers for how long somebody else has it. */
  LEAD(
      """
      local by = redis.call('GET', KEYS[1])
      if by and by ~= ARGV[1] then return math.max(redis.call('PTTL', KEYS[1]), 1) end
      redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      return 0
      """),
  /** Keys: shard; args: epoch, which is over, as all before it. */
  CLEAN(
      """
      local h = redis.call('HGET', KEYS[1], 'e')
      if h and tonumber(h) <= tonumber(ARGV[1]) then return redis.call('DEL', KEYS[1]) end
      return 0
      """),
  /**
   * Keys: directory; args: counter, lease in ms, shards, name, version, whether it may only be
   * renewed. Answers what stands there of another shape, or nothing.
   */
  ENROL(
      """
      if redis.replicate_commands then redis.replicate_commands() end
      local t = redis.call('TIME')
      local old = redis.call('HGET', KEYS[1], ARGV[1])
      local shape = ARGV[3] .. ' ' .. ARGV[5] .. ' ' .. ARGV[4]
      if old and string.sub(old, string.find(old, ' ') + 1) ~= shape then return old end
      local till = string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[2])
      redis.call('HSET', KEYS[1], ARGV[1], till .. ' ' .. shape)
      return ''
      """),
  /** Keys: directory; args: counter, what stands there. */
  LEAVE(
      """
      if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then
        return redis.call('HDEL', KEYS[1], ARGV[1])
      end
      return 0
      """),
  /** Keys: directory; args: 1 for those only whose lease is over, the most. */
  LIST(
      """
      local t = redis.call('TIME')
      local now = t[1] * 1000 + math.floor(t[2] / 1000)
      local all = redis.call('HGETALL', KEYS[1])
      local out = {}
      for i = 1, #all, 2 do
        local till = tonumber(string.match(all[i + 1], '^%d+'))
        if ARGV[1] == '0' or till < now then
          out[#out + 1] = all[i]
          out[#out + 1] = all[i + 1]
        end
        if #out >= 2 * tonumber(ARGV[2]) then break end
      end
      return out
      """);

  /** A base that was not there expires as the head does. */
  private static final String INHERIT =
      """
      local function inherit(there)
        local left = redis.call('PTTL', KEYS[1])
        if there == 0 and left > 0 then redis.call('PEXPIRE', KEYS[2], left) end
      end""";

  private static final String FIT =
      """
      if redis.replicate_commands then redis.replicate_commands() end
      local function fit(k)
        local b = redis.pcall('GET', k)
        return type(b) == 'string' and #b < 19 and string.match(b, '^%-?%d+$') ~= nil
      end
      local function expiry(k)
        local x = redis.pcall('PEXPIRETIME', k)
        if type(x) == 'number' then return x end
        local left = redis.call('PTTL', k)
        if left < 0 then return left end
        local t = redis.call('TIME')
        return t[1] * 1000 + math.floor(t[2] / 1000) + left
      end""";

  private final String text;
  private final String digest;

  Script(String text) {
    this.text = text;
    this.digest = digest(text);
  }

  private static String digest(String text) {
    try {
      // Redis names scripts so; nothing here is a secret.
      byte[] sha1 = MessageDigest.getInstance("SHA-1").digest(Replies.ascii(text));
      return HexFormat.of().formatHex(sha1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] text() {
    return Replies.ascii(text);
  }

  /** Its SHA-1 in hexadecimal digits. */
  byte[] digest() {
    return Replies.ascii(digest);
  }
}
