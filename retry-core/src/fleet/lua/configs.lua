-- The text of a configuration; `memory/configs.rs` is the same rule in Rust, and says why.
-- ARGV from 4: version that the member has, whether it gives its text back, and perhaps a text: that, or one to publish.
local seen = tonumber(ARGV[4])
local restores, text = tonumber(ARGV[5]) > 0, ARGV[6]
local longest = 65536

local fields = redis.call('HMGET', key, 'protocol', 'version', 'turn')
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
    version = math.max(version + 1, now)
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
