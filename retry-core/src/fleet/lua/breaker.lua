-- A breaker, for one member of a fleet; `memory/breaker.rs` is the same rule in Rust, and says why.
-- ARGV from 4: own state (0 closed, 1 open by own evidence, 2 open, 3 half-open, 4 forced, 5 it leaves), last change that it
-- knows, open time left in ms, calls, failures, whether it refused calls, result of probes (1 succeeded, 2 failed), quorum
-- and rate in millionths, minimum of calls.
local own, known = tonumber(ARGV[4]), tonumber(ARGV[5])
local left, calls, failures = math.min(tonumber(ARGV[6]), 2592000000), tonumber(ARGV[7]), tonumber(ARGV[8])
local wants, result = tonumber(ARGV[9]) > 0 and own < 5, tonumber(ARGV[10])
local share, rate, minimum = tonumber(ARGV[11]), tonumber(ARGV[12]), tonumber(ARGV[13])
local last_change = 1099511627776

local fields = redis.call('HMGET', key, 'protocol', 'last', 'learning', 'summed', 'change', 'until', 'prober', 'probing',
    'open', 'failing', 'calls', 'failures', 'members', me)
local protocol = number(fields[1])
if protocol > 1 then
    return { protocol }
end
local last, learning, summed = number(fields[2]), number(fields[3]), number(fields[4])
local change, until_, prober, probing = number(fields[5]), number(fields[6]), fields[7], number(fields[8])
local members = number(fields[13])
local sums = { number(fields[9]), number(fields[10]), number(fields[11]), number(fields[12]) }

local function add(evidence, sign)
    for at = 1, 4 do
        sums[at] = math.max(0, sums[at] + sign * evidence[at])
    end
end
local function change_to(to)
    change, sums, probing = to, { 0, 0, 0, 0 }, 0
end
-- A record: the change after which it was given, open, failing, calls, failures, expiry, turn.
local function read(text)
    local after, open, failing, all, bad, expiry, taken =
        string.match(text or '', '^(%d+):(%d+):(%d+):(%d+):(%d+):(%d+):(%d+)$')
    return number(after), { number(open), number(failing), number(all), number(bad) }, number(expiry), number(taken)
end
local _, _, _, taken = read(fields[14])
if turn < taken then
    return { 1 }
end

if now < last or now - last > quarter then
    learning = now + life
end
if learning > now + 4 * life then
    learning = 0
end
if probing > now + 4 * life then
    probing = 0
end
if until_ > now + 2592000000 then
    until_ = 0
end
if change > last_change then
    change_to(0)
end
local record = fields[14]
if now < summed or now - summed > quarter then
    sums, members = { 0, 0, 0, 0 }, 0
    local all = redis.call('HGETALL', key)
    for at = 1, #all, 2 do
        local field = all[at]
        if string.sub(field, 1, 2) == 'm:' then
            local after, evidence, expiry = read(all[at + 1])
            if expiry <= now or expiry > now + 4 * life then
                redis.call('HDEL', key, field)
                if field == me then
                    record = false
                end
            else
                members = members + 1
                if after == change then
                    add(evidence, 1)
                end
            end
        end
    end
    summed = now
end

if known > last_change then
    known = 0
end
if known > change then
    change_to(known)
    until_ = now
    if own == 1 or own == 2 then
        until_ = now + left
    end
end
if known == change and change % 2 == 1 then
    if result == 1 then
        change_to(change + 1)
    elseif result == 2 then
        change_to(change + 2)
        until_ = now + left
    end
end

if record then
    local after, evidence = read(record)
    if after == change then
        add(evidence, -1)
    end
end
members = math.max(0, members - (record and 1 or 0))
if own < 5 then
    local evidence = { 0, 0, 0, 0 }
    if known == change then
        evidence = { own == 1 and 1 or 0, failures > 0 and 1 or 0, calls, failures }
    end
    add(evidence, 1)
    members = members + 1
    redis.call('HSET', key, me, change .. ':' .. table.concat(evidence, ':') .. ':' .. now + life .. ':' .. turn)
else
    redis.call('HDEL', key, me)
    if prober == ARGV[1] then
        probing = 0
    end
end

if change % 2 == 0 and learning <= now then
    local quorum = math.max(1, math.ceil(share * members / 1000000))
    local reached = sums[4] * 1000000 >= rate * sums[3]
    if sums[1] >= quorum or rate > 0 and sums[3] >= minimum and sums[2] >= quorum and reached then
        change_to(change + 1)
        until_ = now + left
    end
end

local state, rest = 0, 0
if change % 2 == 1 and until_ > now then
    state, rest = 1, until_ - now
elseif change % 2 == 1 then
    local taken = probing > now
    local mine = taken and prober == ARGV[1]
    if not taken and wants or own == 3 and (mine or not taken) then
        prober, probing = ARGV[1], now + life
    end
    state, rest = 1, math.max(0, probing - now)
    if probing > now and prober == ARGV[1] then
        state, rest = 2, 0
    end
end
redis.call('HSET', key, 'protocol', 1, 'last', now, 'learning', learning, 'summed', summed, 'change', change,
    'until', until_, 'prober', prober or '', 'probing', probing, 'open', sums[1], 'failing', sums[2], 'calls', sums[3],
    'failures', sums[4], 'members', members)
redis.call('PEXPIRE', key, lease * 4)
return { 1, change, state, rest, members }
