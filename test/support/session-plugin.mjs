// Stands in for AWS's session-manager-plugin, whose arguments it takes: the data channel is spoken by a library that somebody
// else wrote. Types what TYPE holds once the command has written something, and ends when the channel is closed.
import { ssm } from 'ssm-session';

const [session] = process.argv.slice(2);
// The AWS CLI asks first whether there is a plugin at all.
if (session === undefined) process.exit(0);
const { StreamUrl, streamUrl = StreamUrl, TokenValue, tokenValue = TokenValue } = JSON.parse(session);
const socket = new WebSocket(streamUrl);
socket.binaryType = 'arraybuffer';
let hasTyped = false;
socket.addEventListener('open', () => ssm.init(socket, { token: tokenValue, termOptions: { rows: 34, cols: 121 } }));
socket.addEventListener('message', ({ data }) => {
  const message = ssm.decode(data);
  if (message.messageType === 'output_stream_data') ssm.sendACK(socket, message);
  if (message.messageType === 'channel_closed') socket.close();
  if (message.messageType !== 'output_stream_data' || message.payloadType !== 1) return;
  process.stdout.write(Buffer.from(message.payload));
  if (!hasTyped) ssm.sendText(socket, process.env.TYPE ?? '');
  hasTyped = true;
});
socket.addEventListener('error', () => process.exit(1));
