import { batchOfDelivery, completionDeliveryId, deliveryIdSchema, fileDeliveryId } from './delivery-ids.js';

const batchId = `bat_${'0123456789abcdef'.repeat(2)}`;

it('follow from what they tell, and lead back to their batch', () => {
  const completion = completionDeliveryId(batchId, 2);
  const file = fileDeliveryId(batchId, '1700000000000-3');
  expect(completion).toBe('dlv_0123456789abcdef0123456789abcdef_run2');
  expect(file).toBe('dlv_0123456789abcdef0123456789abcdef_1700000000000-3');
  for (const id of [completion, file]) {
    expect(deliveryIdSchema.safeParse(id).success).toBe(true);
    expect(batchOfDelivery(id)).toBe(batchId);
  }
});

it.each(['', 'dlv_x', `${completionDeliveryId(batchId, 1)}:x`, batchId])('refuses %j', (text) => {
  expect(batchOfDelivery(text)).toBeNull();
});
