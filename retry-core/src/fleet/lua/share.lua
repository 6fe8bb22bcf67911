-- A share of a limit, for one member of a fleet; `memory/share.rs` is the same rule in Rust, and says why.
-- KEYS: the part. ARGV: member, lease in ms, whole limit, smallest useful share, share in use, demand, hold in ms.
local key, me = KEYS[1], 'm:' .. ARGV[1]
local lease, total, least = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local held, demand, hold = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local life = math.floor(lease / 2)

local fields = redis.call('HMGET', key, 'protocol', 'last', 'learning', 'summed', 'held', 'demand', 'hold', me)
local function number(text)
    return tonumber(text or '') or 0
end
local protocol = number(fields[1])
if protocol > 1 then
    return { protocol }
end
local last, learning, summed = number(fields[2]), number(fields[3]), number(fields[4])
local sum, wanted, until_ = number(fields[5]), number(fields[6]), number(fields[7])

local function read(text)
    local share, wish, expiry = string.match(text or '', '^(%d+):(%d+):(%d+)$')
    return number(share), number(wish), number(expiry)
end
local function scan(renew)
    local all = redis.call('HGETALL', key)
    sum, wanted = 0, 0
    for at = 1, #all, 2 do
        local field = all[at]
        if string.sub(field, 1, 2) == 'm:' then
            local share, wish, expiry = read(all[at + 1])
            if renew then
                expiry = now + life
                redis.call('HSET', key, field, share .. ':' .. wish .. ':' .. expiry)
            end
            if expiry <= now or expiry > now + life then
                redis.call('HDEL', key, field)
            else
                sum, wanted = sum + share, wanted + wish
            end
        end
    end
    summed = now
end

local silence = now - last
if silence < 0 or silence > life / 2 then
    learning = now + lease
    scan(true)
elseif now - summed > life / 2 or now < summed then
    scan(false)
end

local record = redis.call('HGET', key, me)
local known = record and 1 or 0
local share, wish = read(record)
if learning > now + lease then
    learning = 0
end
if known == 1 and held > share then
    learning = now + lease
end
local learns = learning > now
local claim = held
if known == 0 and not learns then
    claim = math.max(0, math.min(held, total - sum))
end
sum, wanted = sum + claim - share, wanted + demand - wish
if known == 0 then
    redis.call('HSET', key, me, '0:0:' .. now + life)
end
local members = redis.call('HLEN', key) - (last == 0 and 0 or 7)
local floor = math.min(least, math.floor(total / members))
local even = math.max(math.floor(total / 20 / members), math.min(1, math.floor(total / 2 / members)))
local target = math.floor(total / members)
if wanted > 0 then
    target = even + math.floor((total - even * members) * demand / wanted)
end
target = math.max(target, floor)
if total - sum > (claim > target and 0 or 1) then
    target = target + 1
end
target = math.min(total, target)
if sum > total then
    target = math.min(target, math.floor(claim * total / sum))
end
if learns then
    target = math.min(target, claim)
end
local grant = target
if target > claim then
    grant = math.min(target, claim + math.max(0, total - sum))
    sum, claim = sum + grant - claim, grant
end
if until_ > now + 3600000 then
    until_ = 0
end
until_ = math.max(until_, now + hold)
redis.call('HSET', key, 'protocol', 1, 'last', now, 'learning', learning, 'summed', summed, 'held', sum, 'demand', wanted,
    'hold', until_, me, claim .. ':' .. demand .. ':' .. now + life)
redis.call('PEXPIRE', key, lease * 4)
return { 1, grant, members, learns and 1 or 0, known, math.max(0, until_ - now) }
