/**
 * `has_room(bytes)`: whether that many more leave a tenth of the server's memory to others, above all to those who are counted.
 * True where the server has no bound, and where it may not be asked.
 */
export const ROOM = String.raw`
local function has_room(bytes)
  local info = redis.pcall('INFO', 'memory')
  if type(info) ~= 'string' then return true end
  local most = tonumber(string.match(info, 'maxmemory:(%d+)') or 0)
  local used = tonumber(string.match(info, 'used_memory:(%d+)') or 0)
  return most == 0 or used + bytes <= most * 0.9
end
`;
