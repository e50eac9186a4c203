/**
 * The id that the next entry follows. A log begins with an entry that is deleted at once, so that an empty one has a
 * position, and one that lost its data begins behind every cursor that the caller knows, even where the clock of Redis
 * was set back.
 */
const LAST_ID = `
local function lastId(stream, knownCursor)
  if redis.call('EXISTS', stream) == 0 then
    local time = redis.call('TIME')
    local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
    local knownMs = tonumber(string.match(knownCursor, '^%d+'))
    local beginning = string.format('%.0f-0', math.max(nowMs, knownMs + 1))
    redis.call('XADD', stream, beginning, 'beginning', '1')
    redis.call('XDEL', stream, beginning)
    return beginning
  end
  local info = redis.call('XINFO', 'STREAM', stream)
  for index = 1, #info, 2 do
    if info[index] == 'last-generated-id' then return info[index + 1] end
  end
end
`;

/**
 * Each entry names the one before it. So whoever reads on from a cursor sees at once whether something is missing in
 * between, for whatever reason; XINFO's max-deleted-entry-id does not tell, since MAXLEN does not move it (Redis 7.0).
 */
export const APPEND = `${LAST_ID}
local stream, latestKey, deliveryKey = KEYS[1], KEYS[2], KEYS[3]
local hasDelivery, payload, status, stateKey = ARGV[1] == '1', ARGV[2], ARGV[3], ARGV[4]
local isFinal, isBased, basedOn, basedOnConfirmations = ARGV[5] == '1', ARGV[6] == '1', ARGV[7], ARGV[8]
local retention, knownCursor, deliverySeconds, latestSeconds = ARGV[9], ARGV[10], ARGV[11], ARGV[12]

if hasDelivery and redis.call('EXISTS', deliveryKey) == 1 then return {'DUPLICATE'} end

local latest = redis.call('HMGET', latestKey, 'cursor', 'isFinal', 'stateKey', 'status', 'confirmations')
local cursor, wasFinal, wasStateKey, wasStatus = latest[1], latest[2] == '1', latest[3], latest[4]
local confirmations = latest[5] or '0'
if not cursor or #redis.call('XRANGE', stream, cursor, cursor) == 0 then
  cursor, wasFinal, wasStateKey, wasStatus, confirmations = false, false, false, false, ''
end

-- The same decisions as appendRule.ts, in the same order.
local outcome = 'APPENDED'
if wasStateKey == stateKey then outcome = 'UNCHANGED'
elseif wasFinal and not isFinal then outcome = 'OUTDATED'
elseif isBased and (basedOn ~= (cursor or '') or basedOnConfirmations ~= confirmations) then outcome = 'CONFLICT'
elseif wasFinal and not isBased then outcome = 'OUTDATED'
end
if outcome == 'OUTDATED' or outcome == 'CONFLICT' then return {outcome} end

local id
if outcome == 'APPENDED' then
  id = redis.call('XADD', stream, 'MAXLEN', '~', retention, '*', 'v', '1',
    'previous', lastId(stream, knownCursor), 'previousStatus', wasStatus or '', 'event', payload)
  redis.call('HSET', latestKey, 'cursor', id, 'isFinal', ARGV[5], 'stateKey', stateKey, 'status', status,
    'confirmations', '0')
  redis.call('EXPIRE', latestKey, latestSeconds)
else
  redis.call('HINCRBY', latestKey, 'confirmations', 1)
end
if hasDelivery then redis.call('SET', deliveryKey, '1', 'EX', deliverySeconds) end
return {outcome, id or '', wasStatus or ''}
`;

/** Where the log begins and ends; makes it when there is none. */
export const OPEN_LOG = `${LAST_ID}
local last = lastId(KEYS[1], ARGV[1])
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if not first then return {last, last} end
for index = 1, #first[2], 2 do
  if first[2][index] == 'previous' then return {first[2][index + 1], last} end
end
return {first[1], last}
`;

/** How often it was confirmed, and what XRANGE gives: a list of one, or none. */
export const LATEST_ENTRY = `
local latest = redis.call('HMGET', KEYS[2], 'cursor', 'confirmations')
if not latest[1] then return {'0', {}} end
return {latest[2] or '0', redis.call('XRANGE', KEYS[1], latest[1], latest[1])}
`;

/** Taking and renewing are the same to the owner. */
export const ACQUIRE_LEASE = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`;

export const RELEASE_LEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0
`;
