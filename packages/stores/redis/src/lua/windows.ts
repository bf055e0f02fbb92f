/**
 * What every script begins with: time, and the counts by their windows. The time is the server's alone, so that gateways
 * whose clocks differ count in the same windows.
 *
 * A count is `{ b, e, u, h, v, bv, bs, g }`: when its window begins and ends (-1: never), what is used of it, how much of
 * that is held by reservations, its version, the version and the amount that it was rebuilt from, and, of a sliding one,
 * its grains `{ index, used }`. Kinds: f fixed, s sliding, d day, m month, e endless, g gauge.
 *
 * All counts and all reservations are fields of one hash, and what falls due is one sorted set: a server that throws keys
 * away throws all of them away, or the marks of the epoch with them, and never one count in silence.
 */
export const WINDOWS = String.raw`
local COUNTS, DUE, GATEWAYS = KEYS[1], KEYS[2], KEYS[3]
local asked = cjson.decode(ARGV[1])
local clock = redis.call('TIME')
local now = asked.nowMs or clock[1] * 1000 + math.floor(clock[2] / 1000)
local DAY, GRAINS = 86400000, 60

local function unpacked(field)
  local packed = redis.call('HGET', COUNTS, field)
  return packed and cmsgpack.unpack(packed)
end

local function month_at(at)
  local z = math.floor(at / DAY) + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local day = doy - math.floor((153 * mp + 2) / 5) + 1
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  local leap = (year % 4 == 0 and year % 100 ~= 0) or year % 400 == 0
  local lengths = { 31, leap and 29 or 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }
  local first = z - 719468 - day + 1
  return first * DAY, (first + lengths[month]) * DAY
end

local function period_at(kind, window, at)
  if kind == 'f' then return at, at + window end
  if kind == 'd' then
    local first = math.floor(at / DAY) * DAY
    return first, first + DAY
  end
  if kind == 'm' then return month_at(at) end
  return 0, -1
end

local function fresh(kind, window, at, version)
  local b, e = period_at(kind, window, at)
  return { b = b, e = e, u = 0, h = 0, v = version, bv = 0, bs = 0, g = {} }
end

-- A window that lies too far ahead was begun under a clock that was wrong.
local function is_running(c, kind, window)
  if c.e == -1 then return true end
  if now >= c.e then return false end
  if kind == 'd' then return c.e - now <= 2 * DAY end
  if kind == 'm' then return c.e - now <= 32 * DAY end
  if c.e - now > window then c.e = now + window end
  return true
end

local function drop_grains(c, window)
  local oldest = math.floor(now / (window / GRAINS)) - GRAINS
  local kept, used = {}, 0
  for _, grain in ipairs(c.g) do
    if grain[1] >= oldest then
      kept[#kept + 1] = grain
      used = used + grain[2]
    end
  end
  c.g, c.u = kept, used
  if c.h > used then c.h = used end
end

-- One object for each count in one script, so that two claims on it see each other.
local seen = {}
local function current(field, kind, window)
  local c = seen[field]
  if c then return c end
  c = unpacked(field)
  if not c then
    c = fresh(kind, window, now, 0)
    c.new = true
  elseif kind == 's' then
    drop_grains(c, window)
  elseif not is_running(c, kind, window) then
    c = fresh(kind, window, now, c.v)
    c.new = true
  end
  seen[field] = c
  return c
end

local function save(field, kind, c)
  local new = c.new
  c.new = nil
  c.v = c.v + 1
  if kind == 'g' and c.u <= 0 then
    redis.call('HDEL', COUNTS, field)
    seen[field] = nil
    return
  end
  redis.call('HSET', COUNTS, field, cmsgpack.pack(c))
  if new and c.e ~= -1 then redis.call('ZADD', DUE, c.e, 'c:' .. field) end
end

local function grain_at(c, index)
  for at, grain in ipairs(c.g) do
    if grain[1] == index then return grain end
    if grain[1] > index then
      table.insert(c.g, at, { index, 0 })
      return c.g[at]
    end
  end
  c.g[#c.g + 1] = { index, 0 }
  return c.g[#c.g]
end

local function sliding_end(c, window)
  local last = c.g[#c.g]
  return last and math.ceil((last[1] + GRAINS + 1) * (window / GRAINS)) or now
end

-- Counts an amount, and tells where.
local function take(c, field, kind, window, amount, at)
  local cell = c.b
  if kind == 's' then
    cell = math.floor(at / (window / GRAINS))
    local grain = grain_at(c, cell)
    grain[2] = grain[2] + amount
    redis.call('ZADD', DUE, sliding_end(c, window), 'c:' .. field)
  end
  c.u = c.u + amount
  c.h = c.h + amount
  save(field, kind, c)
  return cell
end

-- Changes what was counted in a cell before; nothing where its window is over.
local function change(field, kind, window, cell, difference, held)
  local c = current(field, kind, window)
  if kind == 's' then
    local found
    for _, grain in ipairs(c.g) do if grain[1] == cell then found = grain end end
    if not found then return end
    found[2] = found[2] + difference
  elseif c.b ~= cell then
    return
  end
  c.u = c.u + difference
  c.h = math.max(0, c.h + held)
  save(field, kind, c)
end

local function room_at(c, window, over)
  local last
  for _, grain in ipairs(c.g) do
    if over <= 0 then break end
    over = over - grain[2]
    last = grain
  end
  return last and math.ceil((last[1] + GRAINS + 1) * (window / GRAINS) - now) or 0
end

local function reset_in(c, kind, window, over)
  if kind == 'g' then return 0 end
  if kind == 'e' then return -1 end
  if kind == 's' then return room_at(c, window, over) end
  return math.max(0, c.e - now)
end

-- used, reset, version, settled, begin, end.
local function report(reply, c, kind, window, over)
  local e = kind == 's' and sliding_end(c, window) or c.e
  for _, figure in ipairs({ c.u, reset_in(c, kind, window, over), c.v, c.u - c.h, c.b, e }) do
    reply[#reply + 1] = figure
  end
end
`;
