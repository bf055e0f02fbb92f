/**
 * The reservations, each `{ x, l }`: whether its lease is over, and of each claim `{ field, kind, window, name, amount,
 * cell }`. One whose lease is over lets go of what it held and is remembered for a day, for those who settle late.
 */
export const RESERVATIONS = String.raw`
local FORGET_AFTER = 86400000

local function keep(id, r, dueAt)
  redis.call('HSET', COUNTS, 'r:' .. id, cmsgpack.pack(r))
  redis.call('ZADD', DUE, dueAt, 'r:' .. id)
end

local function forget(id)
  redis.call('HDEL', COUNTS, 'r:' .. id)
  redis.call('ZREM', DUE, 'r:' .. id)
end

local function let_go(r)
  for _, hold in ipairs(r.l) do change(hold[1], hold[2], hold[3], hold[6], -hold[5], -hold[5]) end
end

local function expire(id)
  local r = unpacked('r:' .. id)
  if not r or r.x == 1 then return forget(id) end
  let_go(r)
  r.x = 1
  keep(id, r, now + FORGET_AFTER)
end

local function drop_count(field)
  local c = unpacked(field)
  if c and c.e ~= -1 and c.e > now then
    redis.call('ZADD', DUE, c.e, 'c:' .. field)
  else
    redis.call('HDEL', COUNTS, field)
    redis.call('ZREM', DUE, 'c:' .. field)
  end
end

-- What has fallen due, at most so much of it.
local function sweep(most)
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', DUE, '-inf', now, 'LIMIT', 0, most)) do
    local what = string.sub(member, 3)
    if string.sub(member, 1, 2) == 'r:' then expire(what) else drop_count(what) end
  end
end

-- What this gateway knows of must be what is there, and a call that comes too late does nothing.
local function refusal()
  local head = redis.call('HMGET', COUNTS, 'epoch', 'opens')
  if not head[1] or head[1] ~= asked.epoch or not redis.call('ZSCORE', DUE, 'epoch:' .. head[1]) then
    return { 'epoch', now }
  end
  if asked.opened and now < tonumber(head[2]) then return { 'epoch', now } end
  if asked.by and now > asked.by then return { 'late', now } end
end

-- What became of the windows that a reservation was counted in.
local function report_of(r)
  local reply = { 'ok', now, 0 }
  for _, hold in ipairs(r.l) do
    if hold[2] ~= 'g' then report(reply, current(hold[1], hold[2], hold[3]), hold[2], hold[3], 0) end
  end
  return reply
end
`;
