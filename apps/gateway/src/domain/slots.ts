export { createSlots, type Slots } from '@image2model/images';
