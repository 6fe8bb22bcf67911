-- The text of a configuration; `memory/configs.rs` is the same rule in Rust, and says why.
-- KEYS: the part. ARGV: member, lease in ms, turn, version that the member has, and perhaps a text:
-- to publish, or that of its version (1 in the argument before).
local key, me, turn, seen = KEYS[1], ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4])
local restores, text = tonumber(ARGV[5]) > 0, ARGV[6]
local longest = 65536

local fields = redis.call('HMGET', key, 'protocol', 'version', 'turn')
-- What others may have written is a whole number that Lua writes without an exponent, or nothing.
local function number(field)
    field = string.match(field or '', '^%d+$')
    return field and #field < 15 and tonumber(field) or 0
end
local protocol, version = number(fields[1]), number(fields[2])
if protocol > 1 then
    return { protocol }
end
if text and #text > longest then
    return { 1, version, #text }
end
local late = turn < number(fields[3]) and redis.call('HGET', key, 'member') == me
if text and restores then
    if seen > version then
        version = seen
        redis.call('HSET', key, 'protocol', 1, 'version', version, 'text', text, 'member', me, 'turn', turn)
    end
elseif text and not late and text ~= redis.call('HGET', key, 'text') then
    local time = redis.call('TIME')
    version = math.max(version + 1, time[1] * 1000 + math.floor(time[2] / 1000))
    redis.call('HSET', key, 'protocol', 1, 'version', version, 'text', text, 'member', me, 'turn', turn)
end
if version <= seen then
    return { 1, version, 0 }
end
local stored = redis.call('HGET', key, 'text')
if not stored then
    return { 1, version, 0 }
end
if #stored > longest then
    return { 1, version, #stored }
end
return { 1, version, #stored, stored }
