-- A share of a limit, for one member of a fleet; `memory/share.rs` is the same rule in Rust, and says why.
-- ARGV from 4: whole limit, smallest useful share, share in use, demand, hold in ms, whether it leaves.
local total, least = tonumber(ARGV[4]), tonumber(ARGV[5])
local held, demand, hold, leaves = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]) > 0
local longest = 3600000

local fields = redis.call('HMGET', key, 'protocol', 'last', 'learning', 'summed', 'held', 'demand', 'hold', 'members',
    me)
local protocol = number(fields[1])
if protocol > 1 then
    return { protocol }
end
local last, learning, summed = number(fields[2]), number(fields[3]), number(fields[4])
local sum, wanted, until_ = number(fields[5]), number(fields[6]), number(fields[7])
local members = number(fields[8])

local function read(text)
    local share, wish, expiry, taken = string.match(text or '', '^(%d+):(%d+):(%d+):(%d+)$')
    return number(share), number(wish), number(expiry), number(taken)
end
local silence = now - last
local function scan(renew)
    local all = redis.call('HGETALL', key)
    sum, wanted, members = 0, 0, 0
    for at = 1, #all, 2 do
        local field = all[at]
        if string.sub(field, 1, 2) == 'm:' then
            local share, wish, expiry, taken = read(all[at + 1])
            if renew then
                expiry = silence < 0 and now + life or math.max(expiry, now + life)
                redis.call('HSET', key, field, share .. ':' .. wish .. ':' .. expiry .. ':' .. taken)
            end
            if expiry <= now or expiry > now + 4 * life then
                redis.call('HDEL', key, field)
            else
                sum, wanted, members = sum + share, wanted + wish, members + 1
            end
        end
    end
    summed = now
end

local _, _, _, newest = read(fields[9])
if turn < newest then
    return { 1 }
end

if silence < 0 then
    until_ = 0
end
if silence < 0 or silence > quarter then
    learning = now + lease
    scan(true)
elseif now - summed > quarter or now < summed then
    scan(false)
end

local record = redis.call('HGET', key, me)
local known = record and 1 or 0
local share, wish = read(record)
if learning > now + 4 * lease then
    learning = 0
end
if known == 1 and held > math.max(share, 1) then
    learning = now + lease
end
local learns = learning > now
local claim = held
if known == 0 and not learns then
    claim = math.max(0, math.min(held, total - sum))
end
sum, wanted = math.max(0, sum + claim - share), math.max(0, wanted + demand - wish)
members = math.max(1, members + 1 - known)
local even = math.floor(total / 20 / members)
if 2 * least * members <= total then
    even = math.max(even, least)
elseif members <= total then
    even = math.max(even, 1)
end
local rest = total - even * members
local target = even
if wanted > rest then
    target = target + math.floor(rest * demand / wanted)
else
    target = target + demand + math.floor((rest - wanted) / members)
end
if total - sum > (claim > target and 0 or 1) then
    target = target + 1
end
target = math.min(total, target)
local floor = 0
if sum > total then
    target = math.min(target, math.floor(claim * total / sum))
    if not learns then
        floor = math.floor(total / members)
        target = math.max(target, floor)
    end
end
if learns then
    target = math.min(target, claim)
end
local grant = target
if target > claim then
    grant = math.max(math.min(target, claim + math.max(0, total - sum)), math.min(target, floor))
    sum, claim = sum + grant - claim, grant
end
if until_ > now + longest then
    until_ = 0
end
until_ = math.max(until_, now + math.min(hold, longest))
if leaves then
    members, sum, wanted = members - 1, sum - claim, wanted - demand
end
redis.call('HSET', key, 'protocol', 1, 'last', now, 'learning', learning, 'summed', summed, 'held', sum, 'demand', wanted,
    'hold', until_, 'members', members, me, claim .. ':' .. demand .. ':' .. now + life .. ':' .. turn)
if leaves then
    redis.call('HDEL', key, me)
end
redis.call('PEXPIRE', key, lease * 4)
return { 1, grant, members, learns and 1 or 0, known, math.max(0, until_ - now) }
