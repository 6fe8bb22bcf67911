-- The text of a configuration; `memory/configs.rs` is the same rule in Rust, and says why.
-- KEYS: the part. ARGV: member, lease in ms, turn, version that the member has, and perhaps a text to publish.
local key, seen, text = KEYS[1], tonumber(ARGV[4]), ARGV[5]
local longest = 65536

local fields = redis.call('HMGET', key, 'protocol', 'version')
local function number(field)
    return tonumber(field or '') or 0
end
local protocol, version = number(fields[1]), number(fields[2])
if protocol > 1 then
    return { protocol }
end
if text and #text > longest then
    return { 1, version, #text }
end
if text and text ~= redis.call('HGET', key, 'text') then
    local time = redis.call('TIME')
    version = math.max(version + 1, time[1] * 1000 + math.floor(time[2] / 1000))
    redis.call('HSET', key, 'protocol', 1, 'version', version, 'text', text)
end
if version == seen then
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
