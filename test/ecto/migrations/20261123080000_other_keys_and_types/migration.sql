-- CreateEnum
CREATE TYPE "Mood" AS ENUM ('HAPPY', 'sad');

-- CreateTable
CREATE TABLE "flags" (
    "flag_id" SERIAL NOT NULL,
    "colors" TEXT NOT NULL,
    "country" TEXT NOT NULL,

    CONSTRAINT "flags_pkey" PRIMARY KEY ("flag_id")
);

-- CreateTable
CREATE TABLE "parcels" (
    "sheet" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "owner" TEXT NOT NULL,
    "country_code" TEXT,

    CONSTRAINT "parcels_pkey" PRIMARY KEY ("sheet","number")
);

-- CreateTable
CREATE TABLE "stations" (
    "city_id" UUID NOT NULL,
    "line_no" INTEGER NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "stations_pkey" PRIMARY KEY ("city_id","line_no")
);

-- CreateTable
CREATE TABLE "platforms" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "label" TEXT NOT NULL,
    "city_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,

    CONSTRAINT "platforms_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "samples" (
    "id" BIGSERIAL NOT NULL,
    "text" TEXT,
    "flag" BOOLEAN,
    "whole" INTEGER,
    "big" BIGINT,
    "ratio" DOUBLE PRECISION,
    "amount" DECIMAL(65,30),
    "at" TIMESTAMP(3),
    "zoned" TIMESTAMPTZ(3),
    "day" DATE,
    "data" JSONB,
    "raw" BYTEA,
    "mood" "Mood",
    "size" INTEGER DEFAULT 5,
    "level" INTEGER NOT NULL DEFAULT 3,
    "texts" TEXT[],
    "flags" BOOLEAN[],
    "wholes" INTEGER[],
    "bigs" BIGINT[],
    "ratios" DOUBLE PRECISION[],
    "amounts" DECIMAL(65,30)[],
    "ats" TIMESTAMP(3)[],
    "datas" JSONB[],
    "raws" BYTEA[],
    "moods" "Mood"[],
    "category_id" INTEGER,

    CONSTRAINT "samples_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "_CategoryToCountry" (
    "A" INTEGER NOT NULL,
    "B" TEXT NOT NULL,

    CONSTRAINT "_CategoryToCountry_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateIndex
CREATE UNIQUE INDEX "flags_country_index" ON "flags"("country");

-- CreateIndex
CREATE INDEX "parcels_country_code_index" ON "parcels"("country_code");

-- CreateIndex
CREATE INDEX "platforms_city_id_line_index" ON "platforms"("city_id", "line");

-- CreateIndex
CREATE INDEX "samples_category_id_index" ON "samples"("category_id");

-- CreateIndex
CREATE INDEX "_CategoryToCountry_B_index" ON "_CategoryToCountry"("B");

-- AddForeignKey
ALTER TABLE "flags" ADD CONSTRAINT "flags_country_fkey" FOREIGN KEY ("country") REFERENCES "countries"("code") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "parcels" ADD CONSTRAINT "parcels_country_code_fkey" FOREIGN KEY ("country_code") REFERENCES "countries"("code") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "stations" ADD CONSTRAINT "stations_city_id_fkey" FOREIGN KEY ("city_id") REFERENCES "cities"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "platforms" ADD CONSTRAINT "platforms_city_id_line_fkey" FOREIGN KEY ("city_id", "line") REFERENCES "stations"("city_id", "line_no") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "samples" ADD CONSTRAINT "samples_category_id_fkey" FOREIGN KEY ("category_id") REFERENCES "categories"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "_CategoryToCountry" ADD CONSTRAINT "_CategoryToCountry_A_fkey" FOREIGN KEY ("A") REFERENCES "categories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_CategoryToCountry" ADD CONSTRAINT "_CategoryToCountry_B_fkey" FOREIGN KEY ("B") REFERENCES "countries"("code") ON DELETE CASCADE ON UPDATE CASCADE;
