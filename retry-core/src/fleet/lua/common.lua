-- The beginning of every script. KEYS: the part. ARGV: member, lease in ms, turn, and what the script says.
local key, me = KEYS[1], 'm:' .. ARGV[1]
local lease, turn = tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- A member is known for a life, and a store that was silent for a quarter of the lease learns.
local quarter = math.floor(lease / 4)
local life = 3 * quarter
-- What others may have written is a whole number that Lua writes without an exponent, or nothing.
local function number(text)
    text = string.match(text or '', '^%d+$')
    return text and #text < 15 and tonumber(text) or 0
end

